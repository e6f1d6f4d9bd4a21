package rest

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

// What callers of [Client.Download] act on.
var (
	ErrFileTooLarge = errors.New("the file is too large")
	ErrFileGone     = errors.New("the file is not there any more")
)

// isCDN reports whether a host serves what people attach.
func isCDN(host string) bool { return host == "cdn.discordapp.com" || host == "media.discordapp.net" }

// newFiles returns a client for files. It does not know the token, and does not
// follow redirections.
func newFiles(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: downloading,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Download fetches a file of a message of at most that many bytes. Its address
// comes from Discord, and is one of Discord's.
func (c *Client) Download(ctx context.Context, address string, most int64) (data []byte, err error) {
	at, err := url.Parse(address)
	if err != nil || !c.serves(at) {
		return nil, fmt.Errorf("fetch a file: %q is no address of Discord's", address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	response, err := c.files.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", withoutURL(err))
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	switch {
	case response.StatusCode == http.StatusNotFound, response.StatusCode == http.StatusForbidden:
		return nil, ErrFileGone
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("fetch a file: %s", response.Status)
	case response.ContentLength > most:
		return nil, ErrFileTooLarge
	}
	data, err = io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	if int64(len(data)) > most {
		return nil, ErrFileTooLarge
	}
	return data, nil
}

// serves reports whether files are fetched from the address.
func (c *Client) serves(at *url.URL) bool {
	if c.base != "" && strings.HasPrefix(at.String(), c.base+"/") {
		return true
	}
	return at.Scheme == "https" && isCDN(at.Host) && at.User == nil
}
