package session

import (
	"encoding/binary"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// A session that is read again is the same, and nobody's changes to one are
// seen in another.
func TestCodecAreCopies(t *testing.T) {
	var recent Codec
	defer recent.Clear()
	want := sample(t)
	r, err := encodeSession(want)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		got, err := recent.decodeSession(key, r)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		again, err := recent.encodeSession(got, r)
		if err != nil || !again.Equal(r) {
			t.Fatalf("encoded again the session is another: %v", err)
		}
		// Inside of what copies of a turn may share.
		got.Turns[0].Plan[2] = 'b'
		got.Turns[1].Recipe.Weights[0].Factor = 3
		changed, err := recent.encodeSession(got, r)
		if err != nil {
			t.Fatal(err)
		}
		for i, same := range []bool{false, false, true} {
			if reflect.DeepEqual(changed.Turns[i], r.Turns[i]) != same {
				t.Errorf("turn %d is as before: %v", i+1, !same)
			}
		}
	}
}

// Whatever a turn consists of, its clone has of its own.
func TestCloneSharesNothing(t *testing.T) {
	var turn Turn
	fill(t, reflect.ValueOf(&turn).Elem())
	clone := turn.clone()
	if !reflect.DeepEqual(turn, clone) {
		t.Errorf("the clone is %+v", clone)
	}
	shared(t, "Turn", reflect.ValueOf(turn), reflect.ValueOf(clone))
}

// fill gives every slice and every map in v an element, and every pointer a value.
func fill(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Map:
		element := reflect.New(v.Type().Elem()).Elem()
		fill(t, element)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.Zero(v.Type().Key()), element)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Interface:
		t.Errorf("a turn has a %v, which this test and clone do not know", v.Type())
	}
}

// shared reports slices, maps and pointers that a and b share.
func shared(t *testing.T, name string, a, b reflect.Value) {
	switch a.Kind() {
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[time.Time]() {
			return // whose location is for all
		}
		for i := range a.NumField() {
			shared(t, name+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Slice:
		if a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", name)
		}
		shared(t, name, a.Index(0), b.Index(0))
	case reflect.Map:
		if a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", name)
		}
		key := a.MapKeys()[0]
		shared(t, name, a.MapIndex(key), b.MapIndex(key))
	case reflect.Pointer:
		if a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", name)
		}
		shared(t, name, a.Elem(), b.Elem())
	}
}

// What is remembered takes no more than it may, and what was used stays longest.
func TestCodecAreBounded(t *testing.T) {
	var recent Codec
	defer recent.Clear()
	const size, many = 10_000, 3 * recentBytes / 10_000
	record := func(n int) []byte { return binary.LittleEndian.AppendUint32(make([]byte, size-4, size), uint32(n)) }
	for n := range many {
		recent.keep(record(n), new(Turn))
		recent.find(record(0))
	}
	if n := len(recent.newer) + len(recent.older); n > 2*recentBytes/size || n < recentBytes/size {
		t.Errorf("%d of %d turns are remembered", n, many)
	}
	if recent.find(record(0)) == nil || recent.find(record(many-1)) == nil || recent.find(record(1)) != nil {
		t.Error("not the oldest turns are gone")
	}
}

func TestCodecAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var recent Codec
		record, err := encodeTurn(Turn{ID: 1, Utterance: "a cat"})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 { // in use
			if _, err := recent.decode(record); err != nil {
				t.Fatal(err)
			}
			time.Sleep(recentFor * 3 / 4)
			if recent.find(record) == nil {
				t.Error("a turn in use was forgotten")
			}
		}
		time.Sleep(2*recentFor + time.Second)
		recent.mu.Lock()
		defer recent.mu.Unlock()
		if len(recent.newer)+len(recent.older) > 0 || recent.aging != nil {
			t.Error("a turn that nobody uses is remembered")
		}
	})
}
