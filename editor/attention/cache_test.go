package attention

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// small is a shape of one layer of each kind and one that is never kept.
var small = Shape{Steps: 3, Latents: 8, Means: 6, Layers: []Layer{{Size: 12, Keys: 3}, {}, {Size: 16, Keys: 4}}}

// large is a shape whose steps take several chunks, and medium one that does
// so with smaller pieces.
var (
	large  = Shape{Steps: 2, Latents: 1024, Means: 8192, Layers: []Layer{{Size: 300_000, Keys: 300}, {Size: 250_000, Keys: 250}}}
	medium = Shape{Steps: 2, Latents: 64, Means: 128, Layers: []Layer{{Size: 3000, Keys: 300}, {Size: 2500, Keys: 250}}}
)

// smallPieces is a coder that cuts a medium trace as a whole one is cut.
func smallPieces(c Coding) *coder {
	out := newCoder(c)
	out.piece = 8 << 10
	return out
}

// random is a trace with all maps, of which the rows sum to 1.
func random(s Shape, seed uint64) *Trace {
	r := rand.New(rand.NewPCG(seed, 1))
	numbers := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		return x
	}
	t := &Trace{Maps: make([][][]float32, s.Steps)}
	for range s.Steps + 1 {
		t.Latents = append(t.Latents, numbers(s.Latents))
	}
	for step := range s.Steps {
		t.Means = append(t.Means, numbers(s.Means))
		for _, layer := range s.Layers {
			var maps []float32
			for range layer.Size / max(1, layer.Keys) {
				maps = append(maps, softmax(numbers(layer.Keys))...)
			}
			t.Maps[step] = append(t.Maps[step], maps)
		}
	}
	return t
}

func softmax(x []float32) []float32 {
	var sum float32
	for i := range x {
		x[i] = float32(math.Exp(3 * float64(x[i])))
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
	return x
}

func key(n byte) Key { return Key{n} }

func TestMemoryDropsMapsBeforeLatents(t *testing.T) {
	ctx := t.Context()
	shape := small
	shape.Layers = []Layer{{Size: 1200, Keys: 3}, {}, {Size: 1600, Keys: 4}}
	one := random(shape, 1)
	latents, maps := one.LatentsBytes(), one.MapsBytes()
	budget := 2*maps + 4*latents
	c := New(Options{Bytes: budget})
	for i := range byte(4) {
		c.Put(ctx, key(i), random(shape, uint64(i)), shape)
		c.Get(ctx, key(0), shape) // the first turn stays in use
	}
	for i, want := range []bool{true, false, false, true} {
		got := c.Get(ctx, key(byte(i)), shape)
		if got == nil || got.HasMaps() != want {
			t.Errorf("turn %d: has maps %v, want %v", i, got != nil && got.HasMaps(), want)
		}
	}
	if s := c.Stats(); s.Bytes != budget || s.MapsBytes != 2*maps || s.Turns != 4 || s.Hits != 4+2 || s.Latents != 2 {
		t.Errorf("stats are %+v", s)
	}
	c.Clear()
	if s := c.Stats(); s.Bytes != 0 || s.Turns != 0 || c.Peek(key(3)) != nil {
		t.Errorf("after Clear stats are %+v", s)
	}
}

func TestLatentsLeaveRoomForMaps(t *testing.T) {
	ctx := t.Context()
	shape := small
	shape.Layers = []Layer{{Size: 1200, Keys: 3}, {}, {Size: 1600, Keys: 4}}
	one := random(shape, 1)
	latents, maps := one.LatentsBytes(), one.MapsBytes()
	c := New(Options{Bytes: 2 * maps})
	for i := range byte(250) {
		c.Put(ctx, key(i), one.withoutMaps(), shape)
	}
	share := 2 * maps / latentsShare
	if s := c.Stats(); s.Bytes > share || s.Bytes <= share-latents || s.MapsBytes != 0 {
		t.Errorf("stats are %+v", s)
	}
	if c.Peek(key(0)) != nil || c.Peek(key(249)) == nil {
		t.Error("not the oldest turns went")
	}
	c.Put(ctx, key(250), one, shape)
	if got := c.Peek(key(250)); got == nil || !got.HasMaps() {
		t.Error("there is no room for maps")
	}
}

func TestSharedMapsCountOnce(t *testing.T) {
	c := New(Options{})
	source := random(small, 1)
	edit := random(small, 2)
	edit.Maps[1] = source.Maps[1]
	c.Put(t.Context(), key(1), source, small)
	c.Put(t.Context(), key(2), edit, small)
	c.Put(t.Context(), key(2), edit, small)
	if s, want := c.Stats(), source.MapsBytes()*5/3; s.MapsBytes != want {
		t.Errorf("maps have %d bytes, not %d", s.MapsBytes, want)
	}
	c.Put(t.Context(), key(1), source.withoutMaps(), small)
	if s := c.Stats(); s.MapsBytes != edit.MapsBytes() {
		t.Errorf("without the source maps have %d bytes, not %d", s.MapsBytes, edit.MapsBytes())
	}
	c.Clear()
	if s := c.Stats(); s.Bytes != 0 || s.MapsBytes != 0 || len(c.shared) > 0 {
		t.Errorf("after Clear stats are %+v", s)
	}
}

func TestNewestLatentsStayWithoutABudget(t *testing.T) {
	c := New(Options{Bytes: -1})
	for i := range byte(3) {
		c.Put(t.Context(), key(i), random(small, 1), small)
		if got := c.Peek(key(i)); got == nil || got.HasMaps() {
			t.Errorf("turn %d is %v", i, got)
		}
	}
	if c.Peek(key(1)) != nil {
		t.Error("an older turn is there")
	}
}

func TestPuttingAgainReplaces(t *testing.T) {
	c := New(Options{})
	whole := random(small, 1)
	c.Put(t.Context(), key(1), whole.withoutMaps(), small)
	c.Put(t.Context(), key(1), whole, small)
	if s := c.Stats(); s.Turns != 1 || s.Bytes != whole.LatentsBytes()+whole.MapsBytes() {
		t.Errorf("stats are %+v", s)
	}
}

func TestAnotherShapeIsAMiss(t *testing.T) {
	c := New(Options{})
	c.Put(t.Context(), key(1), random(small, 1), small)
	for name, other := range map[string]func(*Shape){
		"steps":   func(s *Shape) { s.Steps = 4 },
		"latents": func(s *Shape) { s.Latents = 9 },
		"means":   func(s *Shape) { s.Means = 9 },
		"layers":  func(s *Shape) { s.Layers = s.Layers[1:] },
		"layer":   func(s *Shape) { s.Layers = []Layer{{Size: 9, Keys: 3}, {}, {Size: 16, Keys: 4}} },
	} {
		s := small
		other(&s)
		if c.Get(t.Context(), key(1), s) != nil {
			t.Errorf("a trace with other %s was found", name)
		}
	}
}

// memoryStore is a store that a test can look into and spoil.
type memoryStore struct {
	sync.Mutex
	turns map[Owner]map[Key][][]byte
	fail  error
	asked int
}

func (s *memoryStore) Put(_ context.Context, owner Owner, turn Key, chunks [][]byte) error {
	s.Lock()
	defer s.Unlock()
	if s.turns == nil {
		s.turns = map[Owner]map[Key][][]byte{}
	}
	if s.turns[owner] == nil {
		s.turns[owner] = map[Key][][]byte{}
	}
	s.turns[owner][turn] = chunks
	return s.fail
}

func (s *memoryStore) Get(_ context.Context, owner Owner, turn Key, most int) ([][]byte, error) {
	s.Lock()
	defer s.Unlock()
	s.asked++
	return s.turns[owner][turn][:min(most, len(s.turns[owner][turn]))], s.fail
}

func (s *memoryStore) Forget(_ context.Context, user string) error {
	s.Lock()
	defer s.Unlock()
	maps.DeleteFunc(s.turns, func(owner Owner, _ map[Key][][]byte) bool { return owner.User == user })
	return s.fail
}

func TestStoreBringsBackWhatMemoryLost(t *testing.T) {
	mine, theirs := Owner{"me", "here"}, Owner{"them", "here"}
	ctx := WithOwner(t.Context(), mine)
	store := &memoryStore{}
	for _, shape := range []Shape{small, large} {
		trace := random(shape, 1)
		c := New(Options{Store: store})
		c.Put(ctx, key(1), trace, shape)
		c.Close()

		c = New(Options{Store: store})
		if got := c.Get(ctx, key(1), shape); !reflect.DeepEqual(got, withNils(trace)) {
			t.Error("the store gave another trace")
		}
		if s := c.Stats(); s.Hits != 1 || s.StoreHits != 1 || s.Misses != 0 {
			t.Errorf("stats are %+v", s)
		}
		c.Clear()
		if c.Get(WithOwner(t.Context(), theirs), key(1), shape) != nil || c.Get(t.Context(), key(1), shape) != nil {
			t.Error("another owner has the trace too")
		}
		store.fail = errors.New("gone")
		asked := store.asked
		for range 3 {
			if c.Get(ctx, key(1), shape) != nil {
				t.Error("a store that fails gave a trace")
			}
		}
		if n := store.asked - asked; n != 1 {
			t.Errorf("a store that fails was asked %d times in a row", n)
		}
		store.fail = nil
		for _, chunk := range store.turns[mine][key(1)] {
			if len(chunk) > MaxChunk {
				t.Errorf("a chunk has %d bytes", len(chunk))
			}
		}
	}
}

// A turn that was drawn elsewhere is known by its latents: its maps are not
// even read.
func TestDrawnElsewhere(t *testing.T) {
	ctx := WithOwner(t.Context(), Owner{"me", "here"})
	store := &memoryStore{}
	for i, shape := range []Shape{small, large} {
		trace, k := random(shape, 1), key(byte(i))
		c := New(Options{Store: store})
		c.Put(ctx, k, trace, shape)
		if c.Drawn(ctx, k, shape) != trace {
			t.Error("the turn is not in memory")
		}
		c.Close()

		c = New(Options{Store: store})
		got := c.Drawn(ctx, k, shape)
		if got == nil || got.HasMaps() || !reflect.DeepEqual(got.Latents, trace.Latents) || !reflect.DeepEqual(got.Means, trace.Means) {
			t.Fatalf("the store gave another trace: %v", got)
		}
		if c.Drawn(t.Context(), key(9), shape) != nil || c.Drawn(ctx, key(9), shape) != nil {
			t.Error("a turn that nobody drew is known")
		}
		if got := c.Get(ctx, k, shape); got == nil || !got.HasMaps() {
			t.Error("afterwards its maps are not found")
		}
	}
}

func TestForgetUser(t *testing.T) {
	me, them := WithOwner(t.Context(), Owner{"me", "here"}), WithOwner(t.Context(), Owner{"them", "here"})
	store := &memoryStore{}
	c := New(Options{Store: store})
	defer c.Close()
	for n, ctx := range []context.Context{me, me, them, t.Context()} {
		c.Put(ctx, key(byte(n)), random(small, uint64(n)), small)
		c.writer.Wait()
	}
	c.Get(them, key(1), small) // who edits mine has it too
	cancelled, cancel := context.WithCancel(me)
	cancel()
	c.Put(cancelled, key(4), random(small, 4), small)

	if err := c.Forget(t.Context(), "me"); err != nil {
		t.Fatal(err)
	}
	for n, want := range []bool{false, true, true, true, false} {
		if got := c.Peek(key(byte(n))) != nil; got != want {
			t.Errorf("turn %d is in memory: %v", n, got)
		}
	}
	if len(store.turns) != 1 || len(store.turns[Owner{"them", "here"}]) != 1 {
		t.Errorf("the store has %d owners", len(store.turns))
	}
	if err := c.Forget(t.Context(), "them"); err != nil {
		t.Fatal(err)
	}
	if s := c.Stats(); s.Turns != 1 || c.Peek(key(3)) == nil {
		t.Errorf("stats are %+v", s)
	}
	store.fail = errors.New("gone")
	if err := c.Forget(t.Context(), "me"); !errors.Is(err, store.fail) {
		t.Errorf("with a store that fails the error is %v", err)
	}
}

// What is on its way to the store when its user is forgotten does not arrive
// afterwards.
func TestForgetStopsWriting(t *testing.T) {
	store := &slowStore{begun: make(chan bool)}
	c := New(Options{Store: store})
	defer c.Close()
	c.Put(WithOwner(t.Context(), Owner{"me", "here"}), key(1), random(small, 1), small)
	<-store.begun
	if err := c.Forget(t.Context(), "me"); err != nil {
		t.Fatal(err)
	}
	if got := store.did; !slices.Equal(got, []string{"cancelled", "forgot me"}) {
		t.Errorf("the store %q", got)
	}
}

// slowStore writes until it is told not to.
type slowStore struct {
	memoryStore
	begun chan bool
	did   []string
}

func (s *slowStore) Put(ctx context.Context, _ Owner, _ Key, _ [][]byte) error {
	s.begun <- true
	<-ctx.Done()
	s.Lock()
	defer s.Unlock()
	s.did = append(s.did, "cancelled")
	return ctx.Err()
}

func (s *slowStore) Forget(_ context.Context, user string) error {
	s.Lock()
	defer s.Unlock()
	s.did = append(s.did, "forgot "+user)
	return nil
}

// withNils is the trace as it is read: layers without maps are nil.
func withNils(t *Trace) *Trace {
	for _, step := range t.Maps {
		for l, maps := range step {
			if len(maps) == 0 {
				step[l] = nil
			}
		}
	}
	return t
}

func TestNothingIsStoredAfterClose(t *testing.T) {
	store := &memoryStore{}
	c := New(Options{Store: store})
	c.Close()
	c.Put(WithOwner(t.Context(), Owner{"a", "b"}), key(1), random(small, 1), small)
	c.Close()
	if len(store.turns) > 0 {
		t.Error("it was")
	}
}

// Whatever happens to one chunk, what is read is a part of what was written.
func TestDamagedChunksAreMissing(t *testing.T) {
	trace := withNils(random(medium, 1))
	c := smallPieces(Exact)
	chunks := c.chunks(key(1), trace, medium)
	if len(chunks) < 5 {
		t.Fatalf("only %d chunks", len(chunks))
	}
	others := c.chunks(key(2), random(medium, 2), medium)
	for i := range chunks {
		for name, spoil := range map[string]func([][]byte) [][]byte{
			"lost":     func(x [][]byte) [][]byte { return slices.Delete(x, i, i+1) },
			"flipped":  func(x [][]byte) [][]byte { x[i][len(x[i])/2] ^= 4; return x },
			"header":   func(x [][]byte) [][]byte { x[i][6] ^= 1; return x },
			"cut":      func(x [][]byte) [][]byte { x[i] = x[i][:len(x[i])-1]; return x },
			"empty":    func(x [][]byte) [][]byte { x[i] = nil; return x },
			"another":  func(x [][]byte) [][]byte { x[i] = others[i]; return x },
			"doubled":  func(x [][]byte) [][]byte { return append(slices.Delete(x, i, i+1), x[(i+1)%len(x)]) },
			"too long": func(x [][]byte) [][]byte { x[i] = make([]byte, MaxChunk+1); return x },
		} {
			copies := make([][]byte, len(chunks))
			for k := range chunks {
				copies[k] = slices.Clone(chunks[k])
			}
			got := c.trace(key(1), spoil(copies), medium)
			if got == nil {
				if i > 0 {
					t.Errorf("chunk %d %s: the latents are gone", i, name)
				}
				continue
			}
			missing := 0
			for s, maps := range got.Maps {
				if maps == nil {
					missing++
				} else if !reflect.DeepEqual(maps, trace.Maps[s]) {
					t.Errorf("chunk %d %s: step %d has wrong maps", i, name, s)
				}
			}
			if missing != 1 || !reflect.DeepEqual(got.Latents, trace.Latents) || !reflect.DeepEqual(got.Means, trace.Means) {
				t.Errorf("chunk %d %s: %d steps are missing", i, name, missing)
			}
		}
	}
}

func TestQuantisedIsCloseAndSmall(t *testing.T) {
	trace := random(medium, 3)
	trace.Maps[0][1][7] = -1 // of a word with a negative weight: kept exactly
	exact, coarse := smallPieces(Exact), smallPieces(Quantised)
	got := coarse.trace(key(1), coarse.chunks(key(1), trace, medium), medium)
	if got == nil || !reflect.DeepEqual(got.Maps[0][1], trace.Maps[0][1]) || !reflect.DeepEqual(got.Latents, trace.Latents) {
		t.Fatal("what must stay exact did not")
	}
	for i, want := range trace.Maps[1][0] {
		row := trace.Maps[1][0][i/300*300 : i/300*300+300]
		largest := float64(slices.Max(row))
		// Half a step of the root at both ends: |√v − √v'| ≤ √largest / 510.
		v, w := float64(got.Maps[1][0][i]), float64(want)
		if math.Abs(math.Sqrt(v)-math.Sqrt(w)) > math.Sqrt(largest)/510*1.001 {
			t.Fatalf("%v became %v in a row up to %v", want, v, largest)
		}
	}
	size := func(chunks [][]byte) (n int) {
		for _, chunk := range chunks {
			n += len(chunk)
		}
		return n
	}
	trace = random(medium, 3)
	if a, b := size(exact.chunks(key(1), trace, medium)), size(coarse.chunks(key(1), trace, medium)); 3*b > a {
		t.Errorf("%d bytes quantised, %d exact", b, a)
	}
}

// What was drawn from rounded maps is no source for who draws exactly, not
// even its latents.
func TestCodingsAreApart(t *testing.T) {
	for _, codings := range [][2]Coding{{Exact, Quantised}, {Quantised, Exact}} {
		written := newCoder(codings[0]).chunks(key(1), random(small, 1), small)
		if newCoder(codings[0]).trace(key(1), written, small) == nil {
			t.Errorf("coding %v does not read what it wrote", codings[0])
		}
		if newCoder(codings[1]).trace(key(1), written, small) != nil {
			t.Errorf("coding %v reads what %v wrote", codings[1], codings[0])
		}
	}
}

func TestQuantisingTwiceChangesNothing(t *testing.T) {
	c := newCoder(Quantised)
	once := c.trace(key(1), c.chunks(key(1), random(small, 4), small), small)
	twice := c.trace(key(1), c.chunks(key(1), once, small), small)
	for s := range once.Maps {
		for l := range once.Maps[s] {
			for i, v := range once.Maps[s][l] {
				if math.Abs(float64(twice.Maps[s][l][i]-v)) > 1e-6 {
					t.Fatalf("%v became %v", v, twice.Maps[s][l][i])
				}
			}
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	ctx := WithOwner(t.Context(), Owner{"a", "b"})
	c := New(Options{Bytes: 4096, Store: &memoryStore{}})
	var all sync.WaitGroup
	for g := range uint64(4) {
		all.Go(func() {
			for i := range 50 {
				c.Put(ctx, key(byte(i)), random(small, g), small)
				if got := c.Get(ctx, key(byte(50-i)), small); got != nil && !small.has(got) {
					t.Error("a broken trace")
				}
			}
		})
	}
	all.Wait()
	c.Close()
}

func FuzzChunk(f *testing.F) {
	c := newCoder(Quantised)
	for _, chunk := range c.chunks(key(1), random(small, 1), small) {
		f.Add(chunk, true)
	}
	f.Fuzz(func(t *testing.T, chunk []byte, seal bool) {
		if seal && len(chunk) >= headerBytes { // get past the checksum
			copy(chunk[fieldsBytes:], checksum(key(1), chunk))
		}
		whole := c.chunks(key(1), random(small, 1), small)
		for i := range whole {
			got := c.trace(key(1), slices.Replace(slices.Clone(whole), i, i+1, chunk), small)
			if got != nil && !small.has(got) {
				t.Error("a trace of another shape")
			}
		}
	})
}
