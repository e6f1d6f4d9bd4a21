package bot

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/bot/gate"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/files"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/models/build"
	"pentimento/models/checkpoint"
	"pentimento/models/graph"
	"pentimento/models/hub"
	"pentimento/models/judge"
	"pentimento/models/quantize"
	"pentimento/models/runtime"
	"pentimento/models/tokenizer"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/session"
	"pentimento/session/blobs"
	"pentimento/session/bolt/boltfile"
	"pentimento/session/recipefile"
)

// met is an error that somebody may meet, and what they are told.
type met struct {
	err      error
	kind     Kind
	sentence string
}

const (
	sentenceInternal  = "Something went wrong on my side. It is in the log; try again."
	sentenceNotKept   = "What we say cannot be kept just now. Try again in a minute."
	sentenceCancelled = "Cancelled. Nothing was changed."
)

// internal is met by nobody who did anything wrong.
func internal(err error) met { return met{err, Internal, sentenceInternal} }

// sentinels are all errors that packages of the product name, by folder and
// name.
func sentinels() map[string]met {
	return map[string]met{
		"bot.Problem":         {Problemf(Refused, "not here"), Refused, "Not here."},
		"bot.ErrNothingDrawn": {ErrNothingDrawn, NotFound, "Nothing is drawn yet: say what you would like to see."},
		"bot.ErrPictureGone":  {ErrPictureGone, NotFound, "That picture is not kept any more, so nothing was done; speak of a newer one."},
		"bot.ErrTooStrong":    {ErrTooStrong, Invalid, "A word can be made up to 32 times as strong."},

		"bot/gate.ErrUnsafe":     {gate.ErrUnsafe, Refused, "That came out as something that I may not show here."},
		"bot/gate.ErrUnchecked":  {gate.ErrUnchecked, Refused, "Whether I may show that picture can't be told just now, so I don't."},
		"bot/gate.ErrNoDocument": internal(gate.ErrNoDocument),

		"editor.ErrNoPicture":                    {editor.ErrNoPicture, NotFound, "The picture that this began with is not here."},
		"editor.ErrNoSuchWord":                   {fmt.Errorf("%w: %q", editor.ErrNoSuchWord, "zebra"), NotFound, `The prompt has no such word: "zebra".`},
		"editor.ModelError at another precision": {&editor.ModelError{Want: "aa", Have: "bb", Precision: "int8"}, Invalid, "The picture was made with this model at int8, and another precision draws another picture: it takes --precision int8."},
		"editor.ModelError":                      {&editor.ModelError{Want: "aa", Have: "bb"}, Invalid, "The picture was made with model aa, this is bb."},
		"dialogue.ErrNoChange":                   internal(dialogue.ErrNoChange),
		"dialogue.ErrUnwritten":                  internal(dialogue.ErrUnwritten),

		"jobs.ErrCancelled":   {jobs.ErrCancelled, Cancelled, sentenceCancelled},
		"jobs.ErrQueueFull":   {jobs.ErrQueueFull, Busy, "Very many pictures are waiting just now. Try again in a minute."},
		"jobs.ErrUnavailable": {jobs.ErrUnavailable, Unavailable, "The pictures' queue cannot be reached just now, so nothing was drawn. Try again in a minute."},
		"jobs.ErrDetached":    {jobs.ErrDetached, Detached, "I am being restarted. This picture goes on being drawn and will appear here."},
		"jobs.ErrInvalid":     {jobs.ErrInvalid, Internal, "The way to this picture is too long to be drawn. Go back some turns, or start a new one."},
		"jobs.ErrSettled":     internal(jobs.ErrSettled),
		"jobs.ErrLost":        internal(jobs.ErrLost),
		"jobs.ErrNotYours":    internal(jobs.ErrNotYours),
		"jobs.ErrClosed":      internal(jobs.ErrClosed),
		"jobs.LimitError":     {&jobs.LimitError{Limit: 1}, Limited, "You have one picture waiting or being drawn already; wait for one or cancel it."},
		"jobs.Failure":        {&jobs.Failure{Sentence: "The picture is too large to send.", Detail: "x"}, Failed, "The picture is too large to send."},

		"session.ErrNothingToUndo": {session.ErrNothingToUndo, NotFound, "There is nothing to undo."},
		"session.ErrNothingToRedo": {session.ErrNothingToRedo, NotFound, "There is nothing to redo."},
		"session.DistanceError": {&session.DistanceError{Asked: 3, Possible: 1, Err: session.ErrNothingToUndo}, NotFound,
			"There is nothing to undo that far: 3 asked for, 1 possible."},
		"session.ErrNoSuchTurn":  {session.ErrNoSuchTurn, NotFound, "There is no such turn."},
		"session.ErrNoSuchShare": {session.ErrNoSuchShare, NotFound, "Nothing is shared under that code: it was mistyped, taken back, or is too old."},
		"session.ErrFull":        {session.ErrFull, Invalid, "This session is full: it has 10000 turns."},
		"session.ErrTooLarge":    {session.ErrTooLarge, Invalid, "Too large to keep."},
		"session.ErrUnavailable": {session.ErrUnavailable, Unavailable, sentenceNotKept},
		"session.ErrMemoryFull":  {session.ErrMemoryFull, Unavailable, sentenceNotKept},
		"session.ErrDiskFull":    {session.ErrDiskFull, Unavailable, sentenceNotKept},
		"session.ErrNotErased": {fmt.Errorf("%w: %w", session.ErrNotErased, session.ErrDiskFull), Unavailable,
			"Nobody can ask for what you said any more, but the disk is full, so some of it still lies there. It is erased by the next /forget, or when I am started again."},
		"session.ErrInvalid":                         internal(session.ErrInvalid),
		"session.ErrInUse":                           internal(session.ErrInUse),
		"session.ErrNewerSchema":                     internal(session.ErrNewerSchema),
		"session.ErrCorrupt":                         internal(session.ErrCorrupt),
		"session.ErrNoSuchBlob":                      internal(session.ErrNoSuchBlob),
		"session.ErrDenied":                          internal(session.ErrDenied),
		"session.ErrClosed":                          internal(session.ErrClosed),
		"session/blobs.ErrNone":                      internal(blobs.ErrNone),
		"files.ErrNotFile":                           internal(files.ErrNotFile),
		"files.ErrTooLarge":                          internal(files.ErrTooLarge),
		"files.ErrPointer":                           internal(files.ErrPointer),
		"session/bolt/boltfile.ErrInUse":             internal(boltfile.ErrInUse),
		"session/bolt/boltfile.DamageError":          internal(&boltfile.DamageError{What: "a page"}),
		"session/bolt/boltfile.ErrLastChange":        internal(boltfile.ErrLastChange),
		"session/bolt/boltfile.ErrPerhapsLastChange": internal(boltfile.ErrPerhapsLastChange),
		"picture.ErrPicture":                         internal(picture.ErrPicture),
		"picture/photo.ErrArea":                      {fmt.Errorf("%w: nothing in it is painted", photo.ErrArea), Invalid, "That is no region: nothing in it is painted."},
		"picture/photo.ErrMask":                      internal(photo.ErrMask),
		"picture/photo.ErrPhoto":                     {fmt.Errorf("%w: it is empty", photo.ErrPhoto), Invalid, "That picture cannot be opened: it is empty."},
		"models.ErrNoEncoder":                        {models.ErrNoEncoder, Invalid, "The model can draw pictures but not open any: it has no vae_encoder."},
		"models.ErrFixedSize":                        {fmt.Errorf("pictures of 8×8 pixels: %w, 512×512", models.ErrFixedSize), Invalid, "Pictures of 8×8 pixels: the model draws in one size only, 512×512."},
		"models.ErrSizeMultiple":                     {models.ErrSizeMultiple, Invalid, "The model can't divide the sides as often as it has to."},
		"models.ErrSizeBounds":                       {models.ErrSizeBounds, Invalid, "No model draws in such a size."},
		"models.ErrNotOpened":                        internal(models.ErrNotOpened),
		"models/runtime.ErrClosed":                   internal(runtime.ErrClosed),
		"models/runtime.DeviceError":                 internal(&runtime.DeviceError{Reason: errors.New("no")}),
		"models.ErrGraphs":                           internal(models.ErrGraphs),
		"models.ErrHalf":                             internal(models.ErrHalf),
		"models.ErrPrecision":                        internal(models.ErrPrecision),
		"models/quantize.ErrNothing":                 internal(quantize.ErrNothing),
		"models/quantize.ErrNotFinite":               internal(quantize.ErrNotFinite),
		"models/quantize.ErrProcessor":               internal(quantize.ErrProcessor),
		"models.ErrMemory":                           internal(models.ErrMemory),
		"models.MemoryError":                         internal(&models.MemoryError{What: "a step"}),
		"models/build.ErrWeights":                    internal(build.ErrWeights),
		"models/checkpoint.ErrChanged":               internal(checkpoint.ErrChanged),
		"models/checkpoint.ErrFit":                   internal(checkpoint.ErrFit),
		"models/checkpoint.ErrMissing":               internal(checkpoint.ErrMissing),
		"models/checkpoint.ErrNotFinite":             internal(checkpoint.ErrNotFinite),
		"models/checkpoint.Refused":                  internal(&checkpoint.Refused{What: "a model of another family"}),
		"models/hub.ErrBusy":                         internal(hub.ErrBusy),
		"models/hub.ErrChanged":                      internal(hub.ErrChanged),
		"models/hub.ErrGated":                        internal(hub.ErrGated),
		"models/hub.ErrNoSpace":                      internal(hub.ErrNoSpace),
		"models/hub.ErrNotFound":                     internal(hub.ErrNotFound),
		"models/hub.ErrToken":                        internal(hub.ErrToken),
		"models/hub.ErrWrongSum":                     internal(hub.ErrWrongSum),
		"models/tokenizer.ErrWord":                   internal(tokenizer.ErrWord),
		"models/judge.ErrUnknown":                    internal(judge.ErrUnknown),
		"models/judge.ErrNetwork":                    internal(judge.ErrNetwork),
		"models/graph.ErrMalformed":                  internal(graph.ErrMalformed),
		"models/graph.ErrUnsupported":                internal(graph.ErrUnsupported),

		"session/recipefile.ErrNoRecipe": {recipefile.ErrNoRecipe, Invalid, "There is no recipe in this file: give one that was exported here, JSON or PNG."},
		"session/recipefile.ErrNewer":    {recipefile.ErrNewer, Invalid, "The recipe was written by a newer version of this program."},
		"session/recipefile.ErrInvalid":  {recipefile.ErrInvalid, Invalid, "The recipe is damaged."},
		"session/recipefile.ErrTooLarge": {recipefile.ErrTooLarge, Invalid, "The recipe is too large."},
	}
}

func TestProblemOfEveryError(t *testing.T) {
	table := sentinels()
	for name, want := range table {
		for _, err := range []error{want.err, fmt.Errorf("draw the picture: %w", want.err)} {
			p := ProblemOf(err)
			if p.Kind != want.kind || !errors.Is(p, want.err) {
				t.Errorf("%s is a problem of the kind %s (%v), want %s", name, p.Kind, errors.Unwrap(p), want.kind)
			}
		}
		if got := ProblemOf(want.err).Sentence(); got != want.sentence {
			t.Errorf("%s is told as %q, want %q", name, got, want.sentence)
		}
	}
	for _, name := range exportedErrors(t, "..") {
		if _, ok := table[name]; !ok {
			t.Errorf("%s is not in the table: say here what users are told of it", name)
		}
	}
}

func TestProblemOfOtherErrors(t *testing.T) {
	if p := ProblemOf(nil); p != nil {
		t.Errorf("no error is %v", p)
	}
	secret := errors.New("dial tcp 10.0.0.7: password rejected")
	for _, test := range []met{
		internal(secret),
		internal(context.DeadlineExceeded),
		{context.Canceled, Cancelled, sentenceCancelled},
		{fmt.Errorf("answer: %w", Problemf(Refused, "I am not set up for this server")), Refused, "I am not set up for this server."},
		{Problemf(Invalid, "say which?"), Invalid, "Say which?"},
	} {
		if p := ProblemOf(test.err); p.Kind != test.kind || p.Sentence() != test.sentence {
			t.Errorf("%v is told as %s: %q", test.err, p.Kind, p.Sentence())
		}
	}
}

// exportedErrors are the errors that the packages below root name, but for those
// that are not met in a conversation: at the command line, in a study, or by
// what speaks with Discord.
func exportedErrors(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	elsewhere := []string{"cli", "config", "study", "tests", "metrics", "bot/discord"}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		for _, dir := range elsewhere {
			if path == dir {
				return fs.SkipDir
			}
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, name := range errorsIn(file) {
			names = append(names, filepath.ToSlash(filepath.Dir(path))+"."+name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 30 {
		t.Fatalf("only %d errors were found", len(names))
	}
	return names
}

// errorsIn are the exported variables Err… of a file, and its exported types
// that are errors.
func errorsIn(file *ast.File) []string {
	var names []string
	for _, declared := range file.Decls {
		switch declared := declared.(type) {
		case *ast.FuncDecl:
			if name := receiver(declared); ast.IsExported(name) && declared.Name.Name == "Error" {
				names = append(names, name)
			}
		case *ast.GenDecl:
			if declared.Tok != token.VAR {
				continue
			}
			for _, spec := range declared.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if strings.HasPrefix(name.Name, "Err") {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// receiver is the name of the type that a method belongs to; empty for a
// function.
func receiver(method *ast.FuncDecl) string {
	if method.Recv == nil {
		return ""
	}
	kind := method.Recv.List[0].Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	if name, ok := kind.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
