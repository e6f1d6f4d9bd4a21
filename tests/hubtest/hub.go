// Package hubtest is a model hub for tests: it answers as huggingface.co does, keeps
// large files on a second server to which it redirects, and breaks as it is told
// to.
package hubtest

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Token is that of the account which may see everything.
const Token = "hf_testtoken"

// A Fault answers a request for a file in the hub's place and reports whether it
// did; if not, the hub answers.
type Fault func(w http.ResponseWriter, r *http.Request) bool

// A Repository is what a hub has under a name.
type Repository struct {
	Files map[string]string
	// Gated repositories want a licence accepted, private ones are seen by
	// their owner.
	Gated, Private bool
	// Listing, when there is one, is answered instead of what the hub would.
	Listing string
}

// Commit is the commit of every repository's main branch.
const Commit = "0123456789abcdef0123456789abcdef01234567"

// A Hub is a running one.
type Hub struct {
	hub, files   *httptest.Server
	repositories map[string]Repository

	mu      sync.Mutex
	faults  []Fault
	asked   []string // paths and ranges of requests for large files
	carried []string // Authorization headers that reached the files' server
	listed  []Fault
}

// Start starts a hub with these repositories, by OWNER/NAME. It is closed after use.
func Start(repositories map[string]Repository) *Hub {
	h := &Hub{repositories: repositories}
	h.hub = httptest.NewServer(http.HandlerFunc(h.serve))
	h.files = httptest.NewServer(http.HandlerFunc(h.serveFile))
	return h
}

// URL is the hub's address.
func (h *Hub) URL() string { return h.hub.URL }

// Close stops it.
func (h *Hub) Close() { h.hub.Close(); h.files.Close() }

// Break has the next requests for large files answered by these faults, one each.
func (h *Hub) Break(faults ...Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, faults...)
}

// BreakListing has the next requests to the hub itself answered by these faults.
func (h *Hub) BreakListing(faults ...Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listed = append(h.listed, faults...)
}

// Asked are the requests for large files: name, a space, and the range.
func (h *Hub) Asked() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.asked)
}

// Carried are the tokens that reached the server of the large files.
func (h *Hub) Carried() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.carried)
}

// next takes a fault off a list.
func (h *Hub) next(faults *[]Fault) Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(*faults) == 0 {
		return None
	}
	f := (*faults)[0]
	*faults = (*faults)[1:]
	return f
}

// None lets the hub answer.
func None(http.ResponseWriter, *http.Request) bool { return false }

// serve answers for the hub.
func (h *Hub) serve(w http.ResponseWriter, r *http.Request) {
	if h.next(&h.listed)(w, r) {
		return
	}
	if said := r.Header.Get("Authorization"); said != "" && said != "Bearer "+Token {
		refuse(w, http.StatusUnauthorized, "", "Invalid credentials in Authorization header")
		return
	}
	signed := r.Header.Get("Authorization") != ""
	elements := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	if elements[0] == "api" {
		elements = elements[2:]
	}
	if len(elements) < 4 {
		http.NotFound(w, r)
		return
	}
	name := elements[0] + "/" + elements[1]
	repository, there := h.repositories[name]
	switch revision := elements[3]; {
	case (!there || repository.Private) && !signed:
		refuse(w, http.StatusUnauthorized, "RepoNotFound", "Invalid username or password.")
	case !there:
		refuse(w, http.StatusNotFound, "RepoNotFound", "Repository not found")
	case revision != "main" && revision != Commit:
		refuse(w, http.StatusNotFound, "RevisionNotFound", "Invalid rev id: "+revision)
	case elements[2] == "revision":
		list(w, name, repository)
	case repository.Gated && !signed:
		refuse(w, http.StatusUnauthorized, "GatedRepo", "Access to model "+name+" is restricted.")
	case elements[2] == "resolve":
		h.resolve(w, r, name, repository, strings.Join(elements[4:], "/"))
	default:
		http.NotFound(w, r)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	if code != "" {
		w.Header().Set("X-Error-Code", code)
	}
	w.Header().Set("X-Error-Message", message)
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":%q}`, message)
}

// list answers what a repository has.
func list(w http.ResponseWriter, name string, r Repository) {
	if r.Listing != "" {
		_, _ = fmt.Fprint(w, r.Listing)
		return
	}
	siblings := []any{}
	for _, file := range slices.Sorted(maps.Keys(r.Files)) {
		contents := r.Files[file]
		s := map[string]any{"rfilename": file, "size": len(contents), "blobId": Blob(contents)}
		if large(file) {
			s["lfs"] = map[string]any{"sha256": SHA256(contents), "size": len(contents), "pointerSize": 134}
		}
		siblings = append(siblings, s)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"id": name, "modelId": name, "sha": Commit, "private": r.Private, "gated": r.Gated, "siblings": siblings})
}

// large reports whether Git LFS keeps a file.
func large(name string) bool {
	return slices.Contains([]string{".safetensors", ".onnx", ".onnx_data", ".bin", ".ckpt", ".pb"}, path.Ext(name))
}

// resolve answers with a small file, or with where a large one is.
func (h *Hub) resolve(w http.ResponseWriter, r *http.Request, name string, repository Repository, file string) {
	contents, there := repository.Files[file]
	if !there {
		refuse(w, http.StatusNotFound, "EntryNotFound", "Entry not found")
		return
	}
	w.Header().Set("X-Repo-Commit", Commit)
	if !large(file) {
		w.Header().Set("ETag", `"`+Blob(contents)+`"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(contents))
		return
	}
	w.Header().Set("X-Linked-Size", fmt.Sprint(len(contents)))
	w.Header().Set("X-Linked-Etag", `"`+SHA256(contents)+`"`)
	http.Redirect(w, r, h.files.URL+"/"+name+"/"+file+"?Signature=secret", http.StatusFound)
}

// serveFile answers for the server of the large files.
func (h *Hub) serveFile(w http.ResponseWriter, r *http.Request) {
	elements := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 3)
	file := elements[2]
	h.mu.Lock()
	h.asked = append(h.asked, strings.TrimSpace(file+" "+r.Header.Get("Range")))
	if said := r.Header.Get("Authorization"); said != "" {
		h.carried = append(h.carried, said)
	}
	h.mu.Unlock()
	if h.next(&h.faults)(w, r) {
		return
	}
	contents := h.repositories[elements[0]+"/"+elements[1]].Files[file]
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(contents))
}

// SHA256 is the sum that Git LFS names a file by.
func SHA256(contents string) string {
	sum := sha256.Sum256([]byte(contents))
	return hex.EncodeToString(sum[:])
}

// Blob is what git names a file by.
func Blob(contents string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(contents), contents))
	return hex.EncodeToString(sum[:])
}

// Status answers with a status and headers, given as name and value in turns.
func Status(status int, headers ...string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		return true
	}
}

// Bytes answers with these bytes, whatever range was asked for.
func Bytes(contents string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = fmt.Fprint(w, contents)
		return true
	}
}

// Cut sends so many bytes of what the hub would send and cuts the connection.
func (h *Hub) Cut(after int) Fault {
	return h.first(after, func(*http.Request) { panic(http.ErrAbortHandler) })
}

// Stall sends so many bytes and then nothing until the client goes away.
func (h *Hub) Stall(after int) Fault {
	return h.first(after, func(r *http.Request) { <-r.Context().Done() })
}

// first sends the first bytes of an answer, and goes on as then does.
func (h *Hub) first(n int, then func(*http.Request)) Fault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		whole := httptest.NewRecorder()
		elements := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 3)
		contents := h.repositories[elements[0]+"/"+elements[1]].Files[elements[2]]
		http.ServeContent(whole, r, "", time.Time{}, bytes.NewReader([]byte(contents)))
		maps.Copy(w.Header(), whole.Header())
		w.WriteHeader(whole.Code)
		_, _ = w.Write(whole.Body.Bytes()[:min(n, whole.Body.Len())])
		_ = http.NewResponseController(w).Flush()
		then(r)
		return true
	}
}
