package main

import (
	"fmt"
	"net/http"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/emulator"
)

// These paths are not part of the API.
const (
	spendPath    = "/emulator/spend" // what customers do meanwhile
	requestsPath = "/emulator/requests"
)

// withControls lets anybody on this machine change what a customer has spent, and ask how
// many requests there were.
func withControls(e *emulator.Emulator) http.Handler {
	// Not a ServeMux, which would redirect what the emulator refuses.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case spendPath:
			spend(e, w, r)
		case requestsPath:
			_, _ = fmt.Fprintln(w, len(e.Requests()))
		default:
			e.ServeHTTP(w, r)
		}
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
