package emulator

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The blobs of exports are in a storage account of their own, which is a path here,
// as in other emulators of Azure Storage.
const (
	blobPrefix     = "/partnerbillingexports/"
	storageVersion = "2021-08-06"
)

func isBlobPath(path string) bool { return strings.HasPrefix(path, blobPrefix) }

// maxHeldRows is how many rows a blob may have to be made before it is sent, with its
// length. Larger ones are made while they are sent.
const maxHeldRows = 1_000

// blobHandler returns a blob, or the response of a fault in its place.
func (e *Emulator) blobHandler(r *http.Request, fault Fault) response {
	id := randomGUID()
	reply, refused := e.readBlob(r, fault)
	if refused != nil {
		reply = refused.response(id)
	}
	reply.header.Set("Server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0")
	reply.header.Set("x-ms-request-id", id)
	reply.header.Set("x-ms-version", storageVersion)
	return reply
}

func (e *Emulator) readBlob(r *http.Request, fault Fault) (response, *storageError) {
	if fault.responds() {
		return response{}, fault.storageError()
	}
	if r.Method != http.MethodGet {
		return response{}, &storageError{status: http.StatusMethodNotAllowed, code: "UnsupportedHttpVerb", message: "The resource doesn't support specified Http Verb."}
	}
	// A token for Microsoft Graph is nothing that a storage account should see.
	if r.Header.Get("Authorization") != "" {
		return response{}, &storageError{status: http.StatusBadRequest, code: "InvalidAuthenticationInfo", message: "Authentication information is not given in the correct format. Check the value of Authorization header."}
	}
	path := strings.TrimPrefix(r.URL.Path, blobPrefix)
	slash := max(0, strings.LastIndexByte(path, '/'))
	directory, name := path[:slash], strings.TrimPrefix(path[slash:], "/")
	if refused := checkSAS(directory, r.URL.Query()); refused != nil {
		return response{}, refused
	}
	data, blob := e.exports.directory(directory), -1
	if data != nil {
		blob = slices.Index(data.blobNames(), name)
	}
	if blob < 0 {
		return response{}, &storageError{status: http.StatusNotFound, code: "BlobNotFound", message: "The specified blob does not exist."}
	}
	reply := response{
		status: http.StatusOK,
		header: http.Header{
			"Content-Type":   {"application/octet-stream"},
			"Etag":           {`"0x` + strings.ToUpper(strings.ReplaceAll(namedGUID(path), "-", ""))[:15] + `"`},
			"Last-Modified":  {data.version.Format(http.TimeFormat)},
			"Accept-Ranges":  {"bytes"},
			"X-Ms-Blob-Type": {"BlockBlob"},
		},
		stream: func(w io.Writer) error { return data.writeBlob(w, blob, fault.Encoding) },
	}
	if fault.changesBody() || data.prepare().blobRows(blob) <= maxHeldRows {
		var body bytes.Buffer
		_ = reply.stream(&body) // Memory takes everything.
		reply.body, reply.stream = body.Bytes(), nil
	}
	return reply, nil
}

// storageError is an error response of Azure Storage.
type storageError struct {
	status  int
	code    string
	message string
	detail  string
}

func notAuthenticated(detail string) *storageError {
	return &storageError{http.StatusForbidden, "AuthenticationFailed", "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.", detail}
}

// storageError is the fault's own response to a request for a blob.
func (f Fault) storageError() *storageError {
	code := "InternalError"
	switch f.Status {
	case http.StatusForbidden:
		code = "AuthenticationFailed"
	case http.StatusNotFound:
		code = "BlobNotFound"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		code = "ServerBusy"
	}
	return &storageError{status: f.Status, code: cmp.Or(f.Error, code), message: f.describe()}
}

// response is the error in XML behind a byte order mark, as Azure Storage sends it.
func (e *storageError) response(requestID string) response {
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string   `xml:"Code"`
		Message string   `xml:"Message"`
		Detail  string   `xml:"AuthenticationErrorDetail,omitempty"`
	}{
		Code:    e.code,
		Message: e.message + "\nRequestId:" + requestID + "\nTime:" + time.Now().UTC().Format("2006-01-02T15:04:05.0000000Z"),
		Detail:  e.detail,
	})
	if err != nil {
		return failedResponse(err)
	}
	return response{
		status: e.status,
		header: http.Header{"Content-Type": {"application/xml"}, "X-Ms-Error-Code": {e.code}},
		body:   append([]byte(byteOrderMark+`<?xml version="1.0" encoding="utf-8"?>`), body...),
	}
}
