package gate

import (
	"encoding/json"
	"errors"
	"slices"

	"pentimento/picture"
)

// A Picture is one that may be shown, as a PNG, GIF or JPEG. The zero value is
// none.
type Picture struct {
	data   []byte
	hidden bool
}

// Bytes are the picture; nil for none.
func (p Picture) Bytes() []byte { return p.data }

// None reports whether there is no picture.
func (p Picture) None() bool { return p.data == nil }

// Hidden reports whether the picture is to be hidden until it is clicked.
func (p Picture) Hidden() bool { return p.hidden }

// Made returns what change makes of the picture: it may be shown as the picture
// may.
func (p Picture) Made(change func(png []byte) ([]byte, error)) (Picture, error) {
	data, err := change(p.data)
	if err != nil {
		return Picture{}, err
	}
	return Picture{data: data, hidden: p.hidden}, nil
}

// A Frame is a picture with a few words under it.
type Frame struct {
	Picture Picture
	Label   string
}

// Join returns the pictures as join makes one of them. It is hidden if one of
// them is.
func Join(frames []Frame, join func([]picture.Frame) ([]byte, error)) (Picture, error) {
	raw := make([]picture.Frame, len(frames))
	for i, f := range frames {
		raw[i] = picture.Frame{PNG: f.Picture.data, Label: f.Label}
	}
	data, err := join(raw)
	if err != nil {
		return Picture{}, err
	}
	return Picture{data: data, hidden: slices.ContainsFunc(frames, func(f Frame) bool { return f.Picture.hidden })}, nil
}

// A File is something that a user gets to keep: a picture, or a document without
// one.
type File struct {
	name    string
	data    []byte
	picture bool
	hidden  bool
}

// NewFile returns a picture as a file of that name.
func NewFile(name string, p Picture) File {
	return File{name: name, data: p.data, picture: true, hidden: p.hidden}
}

// ErrNoDocument says that a file is neither a picture that has passed nor JSON.
var ErrNoDocument = errors.New("only pictures that have passed and JSON are sent as files")

// NewDocument returns JSON as a file of that name, or [ErrNoDocument]: what is no
// JSON may be a picture.
func NewDocument(name string, text []byte) (File, error) {
	if !json.Valid(text) {
		return File{}, ErrNoDocument
	}
	return File{name: name, data: text}, nil
}

// Name says what the file is; whoever keeps it makes the name unique.
func (f File) Name() string { return f.name }

// Picture is the picture that the file is; none if it is a document.
func (f File) Picture() Picture {
	if !f.picture {
		return Picture{}
	}
	return Picture{data: f.data, hidden: f.hidden}
}

// Named is the file under another name.
func (f File) Named(name string) File {
	f.name = name
	return f
}

// Bytes are what is in the file.
func (f File) Bytes() []byte { return f.data }

// IsPicture reports whether the file is a picture.
func (f File) IsPicture() bool { return f.picture }

// Hidden reports whether the file is to be hidden until it is clicked.
func (f File) Hidden() bool { return f.hidden }
