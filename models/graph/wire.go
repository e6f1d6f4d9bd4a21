package graph

import (
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Limits of what is read, far above what a UNet has: the bundled one has 4,283
// messages, 6,606 once it is controlled.
const (
	maxBytes    = 1<<31 - 1 // protobuf's own limit
	maxMessages = 1_000_000
	maxDepth    = 32
)

// A wireChecker walks the wire format of a message before anything is
// allocated for it. It bounds the memory that decoding will take (an empty
// message is two bytes in the file and hundreds in memory) and knows where the
// bytes stop making sense.
type wireChecker struct {
	messages int
}

// check walks one message. path says where in the model it is.
func (c *wireChecker) check(b []byte, desc protoreflect.MessageDescriptor, path string, depth int) error {
	if depth > maxDepth {
		return malformed("%s is nested deeper than %d", path, maxDepth)
	}
	if c.messages++; c.messages > maxMessages {
		return malformed("more than %d messages at %s", maxMessages, path)
	}
	count := map[protoreflect.FieldNumber]int{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return malformed("%s: %w", path, protowire.ParseError(n))
		}
		b = b[n:]
		field := desc.Fields().ByNumber(number)
		n = protowire.ConsumeFieldValue(number, kind, b)
		if n < 0 {
			err := protowire.ParseError(n)
			if depth == 0 && errors.Is(err, io.ErrUnexpectedEOF) {
				return malformed("the file is cut short: it ends within %s.%s", path, fieldName(field, number))
			}
			return malformed("%s.%s: %w", path, fieldName(field, number), err)
		}
		if field != nil && field.Message() != nil {
			if kind != protowire.BytesType {
				return malformed("%s.%s has wire type %d", path, field.Name(), kind)
			}
			value, _ := protowire.ConsumeBytes(b)
			where := fmt.Sprintf("%s.%s", path, field.Name())
			if field.IsList() {
				where = fmt.Sprintf("%s[%d]", where, count[number])
			}
			count[number]++
			if err := c.check(value, field.Message(), where, depth+1); err != nil {
				return err
			}
		}
		b = b[n:]
	}
	return nil
}

func fieldName(field protoreflect.FieldDescriptor, number protowire.Number) string {
	if field == nil {
		return fmt.Sprintf("field %d", number)
	}
	return string(field.Name())
}
