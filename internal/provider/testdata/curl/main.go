// Command curl is the part of curl that the pipelines use, for machines without it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	method, address, body, output := http.MethodGet, "", "", ""
	header := http.Header{}
	var writeOut, fail bool
	for i := 1; i < len(os.Args); i++ {
		switch argument := os.Args[i]; argument {
		case "--silent", "--show-error", "--globoff":
		case "-sSf":
			fail = true
		case "--max-time", "--retry":
			i++
		case "--output":
			i++
			output = os.Args[i]
		case "--write-out":
			i++
			writeOut = os.Args[i] == "%{http_code}"
		case "--config":
			i++
			lines := bufio.NewScanner(os.Stdin)
			lines.Buffer(nil, 1<<20)
			for lines.Scan() {
				name, quoted, _ := strings.Cut(lines.Text(), " = ")
				var value string
				if err := json.Unmarshal([]byte(quoted), &value); err != nil {
					exit(26, name, err)
				}
				switch name {
				case "request":
					method = value
				case "url":
					address = value
				case "header":
					name, value, _ := strings.Cut(value, ": ")
					header.Set(name, value)
				case "data-binary":
					content, err := os.ReadFile(strings.TrimPrefix(value, "@"))
					if err != nil {
						exit(26, err)
					}
					body = string(content)
				default:
					exit(2, name)
				}
			}
		default:
			exit(2, argument)
		}
	}
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		exit(3, err)
	}
	request.Header = header
	// A redirect is not followed.
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		if writeOut {
			fmt.Print("000")
		}
		exit(7, err)
	}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		exit(56, err)
	}
	if fail && response.StatusCode >= 400 {
		exit(22, response.Status)
	}
	if output == "" {
		os.Stdout.Write(content)
	} else if err := os.WriteFile(output, content, 0o600); err != nil {
		exit(23, err)
	}
	if writeOut {
		fmt.Print(response.StatusCode)
	}
}

func exit(code int, what ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"curl:"}, what...)...)
	os.Exit(code)
}
