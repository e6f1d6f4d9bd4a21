package photo

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// A reader reads a file of one format.
type reader func(data []byte) (*raw, error)

// readerOf returns what reads a file, by its first bytes: names lie. The error
// names the format of a file that is not read.
func readerOf(data []byte) (reader, error) {
	switch {
	case len(data) == 0:
		return nil, refusef("the file is empty")
	case bytes.HasPrefix(data, []byte(pngSignature)):
		return readPNG, nil
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return readJPEG, nil
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return readGIF, nil
	case isWebP(data):
		return readWebP, nil
	}
	const instead = "PNG, JPEG, GIF and WebP are. Save it as one of them"
	if name := otherFormat(data); name != "" {
		return nil, refusef("it is %s, which is not read here: %s", name, instead)
	}
	return nil, refusef("the file is no picture that is read here: %s", instead)
}

// otherFormat names the format of a file that is not read; "" if it is not known.
func otherFormat(data []byte) string {
	if name := mediaFormat(data); name != "" {
		return name
	}
	for _, f := range []struct{ begin, name string }{
		{"\xff\x0a", "a JPEG XL file"},
		{"\x00\x00\x00\x0cJXL ", "a JPEG XL file"},
		{"\x00\x00\x00\x0cjP  ", "a JPEG 2000 file"},
		{"\xff\x4f\xff\x51", "a JPEG 2000 file"},
		{"BM", "a BMP file"},
		{"II*\x00", "a TIFF or a camera’s raw file"},
		{"MM\x00*", "a TIFF or a camera’s raw file"},
		{"FUJIFILM", "a camera’s raw file"},
		{"8BPS", "a Photoshop file"},
		{"gimp xcf", "a GIMP file"},
		{"\x00\x00\x01\x00", "an icon"},
		{"qoif", "a QOI file"},
		{"\x76\x2f\x31\x01", "an OpenEXR file"},
		{"%PDF", "a PDF file"},
		{"PK\x03\x04", "a ZIP archive"},
		{"\x1f\x8b", "a gzip archive"},
		{"\x1aE\xdf\xa3", "a video"},
	} {
		if bytes.HasPrefix(data, []byte(f.begin)) {
			return f.name
		}
	}
	if !isText(data) {
		return ""
	}
	if head := data[:min(len(data), 1024)]; bytes.Contains(head, []byte("<svg")) {
		return "an SVG file"
	}
	return "a text file"
}

// mediaFormat names what is in an ISO base media file (ISO/IEC 14496-12, section
// 4.3) by its brands; "" for any other file.
func mediaFormat(data []byte) string {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return ""
	}
	has := func(brands ...string) bool {
		end := min(len(data), 64)
		for at := 8; at+4 <= end; at += 4 {
			if slices.Contains(brands, string(data[at:at+4])) {
				return true
			}
		}
		return false
	}
	switch {
	case has("avif", "avis"):
		return "an AVIF file"
	case has("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"):
		return "a HEIC file, as iPhones write them"
	case has("crx "):
		return "a camera’s raw file"
	}
	return "a video"
}

// isText reports whether a file begins as text does.
func isText(data []byte) bool {
	head := data[:min(len(data), 512)]
	for len(head) > 0 && len(data) > 512 && !utf8.Valid(head) && len(head) > 508 {
		head = head[:len(head)-1] // a letter was cut
	}
	return utf8.Valid(head) && !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' })
}

// errShort says that a part of a file ends before it should.
var errShort = fmt.Errorf("a part of the file is missing")
