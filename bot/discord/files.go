package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// downloading is how long a file of a message may take.
const downloading = 30 * time.Second

var (
	errFileTooLarge = refusal(fmt.Sprintf("That file is larger than %d MiB, which no recipe of mine is.", maxImport>>20))
	errFileGone     = refusal("That file cannot be fetched any more; attach it again.")
)

// cdn are the hosts that serve what people attach.
var cdn = map[string]bool{"cdn.discordapp.com": true, "media.discordapp.net": true}

// newFiles returns a client for files. It knows no token, and follows nobody
// elsewhere.
func newFiles(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: downloading,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// download fetches a file of a message of at most that many bytes. Its address
// comes from Discord, and is one of Discord's.
func (a *api) download(ctx context.Context, address string, most int64) (data []byte, err error) {
	at, err := url.Parse(address)
	if err != nil || !a.serves(at) {
		return nil, fmt.Errorf("fetch a file: %q is no address of Discord's", address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	response, err := a.files.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", withoutURL(err))
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	switch {
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusForbidden:
		return nil, errFileGone
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("fetch a file: %s", response.Status)
	case response.ContentLength > most:
		return nil, errFileTooLarge
	}
	data, err = io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	if int64(len(data)) > most {
		return nil, errFileTooLarge
	}
	return data, nil
}

// serves reports whether files are fetched from the address.
func (a *api) serves(at *url.URL) bool {
	if a.base != "" && strings.HasPrefix(at.String(), a.base+"/") {
		return true
	}
	return at.Scheme == "https" && cdn[at.Host] && at.User == nil
}
