package main

import "testing"

func TestFieldsAreFound(t *testing.T) {
	t.Parallel()
	// A number in field 1 is not what is looked for, and stands in the way.
	message := field(field([]byte{1 << 3, 42}, 2, []byte("two")), 3, field(nil, 1, []byte("inner")))
	if got := string(find(message, 2)); got != "two" {
		t.Errorf("field 2 is %q", got)
	}
	if got := string(find(find(message, 3), 1)); got != "inner" {
		t.Errorf("field 1 of field 3 is %q", got)
	}
	if got := find(message, 1); got != nil {
		t.Errorf("field 1 is %q", got)
	}
	if got := find(message[:4], 2); got != nil {
		t.Errorf("a message cut short has %q", got)
	}
}

func TestReleasedPrograms(t *testing.T) {
	t.Parallel()
	for program, want := range map[string][2]string{
		"/x/terraform-provider-http_v3.6.0_x5":     {"terraform-provider-http", "3.6.0"},
		"terraform-provider-http_v3.6.0":           {"terraform-provider-http", "3.6.0"},
		"terraform-provider-scaffolding-framework": {"terraform-provider-scaffolding-framework", ""},
		"other": {"other", ""},
	} {
		if name, version := released(program); name != want[0] || version != want[1] {
			t.Errorf("%s is %q %q", program, name, version)
		}
	}
}
