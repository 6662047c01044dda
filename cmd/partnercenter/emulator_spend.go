package main

import (
	"net/http"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// spendPath is not part of the API: it stands for what customers do meanwhile.
const spendPath = "/emulator/spend"

// withSpend lets anybody on this machine change what a customer has spent.
func withSpend(e *emulator.Emulator) http.Handler {
	// Not a ServeMux, which would redirect what the emulator refuses.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == spendPath {
			spend(e, w, r)
			return
		}
		e.ServeHTTP(w, r)
	})
}

func spend(e *emulator.Emulator, w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "use POST "+spendPath+"?customer=…&cost=…", http.StatusMethodNotAllowed)
		return
	}
	if err := e.Spend(r.FormValue("customer"), r.FormValue("cost")); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
