package tests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"pentimento/models"
	"pentimento/models/pocket/pockettest"
	"pentimento/tests/discordtest"
	"pentimento/tests/hubtest"
	"pentimento/tests/redistest"
)

// TestScripts runs testdata/script. Beside testscript's commands there are:
//
//	chat NAME FLAGS…          begin a conversation, which answers with JSON
//	say NAME WORDS…           say something in it and print the answer
//	leave NAME                end it
//	capture VARIABLE PATTERN  keep what the pattern's group finds in the last output
//	until PATTERN say … or exec …   repeat a command until its output has the pattern
//	redis                     start a server, whose address is $REDIS
//	nobody VARIABLE           an address of Redis where nobody listens
//	discord [message-content] [permissions=N]   start a Discord, to which the bot has a token
//	llm ANSWER ASKED          start a language model at $LLM that gives the answer and writes
//	                          a line to ASKED for each question
//	hub                       start a model hub at $HF_ENDPOINT that has owner/pocket, owner/several
//	                          and owner/gated, to be seen with $HUB_TOKEN
//	hub-cuts                  have the hub cut its next large file short
//	hub-stalls N              have it stall in the one after the next N
//
// The condition int8 holds where the processor is made for eight bits.
//
// $POCKET is the bundled model's folder, $ROOMY that of a copy that takes any size. Pictures have four steps.
func TestScripts(t *testing.T) {
	t.Parallel()
	pocket, err := filepath.Abs("../models/pocket/model")
	if err != nil {
		t.Fatal(err)
	}
	roomy := pockettest.AnySize(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PENTIMENTO_ONNXRUNTIME", library())
			env.Setenv("PENTIMENTO_CACHE", preparedGraphs())
			env.Setenv("GORACE", atOnce)
			env.Setenv("PENTIMENTO_STEPS", "4")
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("POCKET", pocket)
			env.Setenv("ROOMY", roomy)
			env.Values["talks"] = talks{}
			env.Values["hub"] = new(*hubtest.Hub)
			return nil
		},
		Condition: func(condition string) (bool, error) {
			if condition != "int8" {
				return false, fmt.Errorf("the condition %q is not known", condition)
			}
			return models.Int8.Supported() == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"chat":    wants(1, beginChat),
			"say":     wants(2, say),
			"leave":   wants(1, func(ts *testscript.TestScript, args []string) { talkOf(ts, args[0]).leave() }),
			"capture": wants(2, capture),
			"until":   wants(3, until),
			"redis": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Setenv("REDIS", "redis://"+redistest.Start(t).Addr)
			},
			"nobody":  wants(1, func(ts *testscript.TestScript, args []string) { ts.Setenv(args[0], "redis://"+freeAddress(t)) }),
			"discord": wants(0, func(ts *testscript.TestScript, args []string) { startDiscord(ts, t, args) }),
			"llm":     wants(2, startLLM),
			"hub":     wants(0, func(ts *testscript.TestScript, _ []string) { startHub(ts, pocket) }),
			"hub-cuts": wants(0, func(ts *testscript.TestScript, _ []string) {
				h := *ts.Value("hub").(**hubtest.Hub)
				h.Break(h.Cut(1000))
			}),
			"hub-stalls": wants(1, func(ts *testscript.TestScript, args []string) {
				h := *ts.Value("hub").(**hubtest.Hub)
				n, err := strconv.Atoi(args[0])
				ts.Check(err)
				h.Break(append(slices.Repeat([]hubtest.Fault{hubtest.None}, n), h.Stall(1000))...)
			}),
		},
	})
}

// wants makes a command of a function that takes at least that many arguments.
func wants(n int, do func(ts *testscript.TestScript, args []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < n {
			ts.Fatalf("this takes %d arguments or more, and no !", n)
		}
		do(ts, args)
	}
}

// talks are a script's conversations by name.
type talks map[string]*talk

func talkOf(ts *testscript.TestScript, name string) *talk {
	c := ts.Value("talks").(talks)[name]
	if c == nil {
		ts.Fatalf("nobody is called %s", name)
	}
	return c
}

func beginChat(ts *testscript.TestScript, args []string) {
	cmd := exec.Command("pentimento", append([]string{"chat", "--json"}, args[1:]...)...)
	cmd.Dir = ts.MkAbs(".")
	ts.Check(ts.Exec("env", "-0"))
	cmd.Env = strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\x00"), "\x00")
	c := begin(ts, cmd)
	ts.Defer(c.kill)
	ts.Value("talks").(talks)[args[0]] = c
}

func say(ts *testscript.TestScript, args []string) {
	c := talkOf(ts, args[0])
	c.tell(strings.Join(args[1:], " "))
	_, err := ts.Stdout().Write(c.answer())
	ts.Check(err)
}

func capture(ts *testscript.TestScript, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("the output has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

func until(ts *testscript.TestScript, args []string) {
	pattern := regexp.MustCompile(args[0])
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var out string
		switch args[1] {
		case "say":
			c := talkOf(ts, args[2])
			c.tell(strings.Join(args[3:], " "))
			out = string(c.answer())
		case "exec":
			_ = ts.Exec(args[2], args[3:]...) // what fails is tried again
			out = ts.ReadFile("stdout")
		default:
			ts.Fatalf("until repeats say or exec, not %s", args[1])
		}
		if pattern.MatchString(out) {
			return
		}
	}
	ts.Fatalf("after %v there is no %s", patience, args[0])
}

// startDiscord starts a Discord for the script. What it would not have fails
// the whole test.
func startDiscord(ts *testscript.TestScript, t *testing.T, args []string) {
	var o discordtest.Options
	for _, arg := range args {
		if arg == "message-content" {
			o.MessageContent = true
		} else if _, err := fmt.Sscanf(arg, "permissions=%d", &o.Permissions); err != nil {
			ts.Fatalf("a Discord has no %s", arg)
		}
	}
	ts.Setenv("PENTIMENTO_DISCORD_API", newDiscord(t, o).URL())
	ts.Setenv("DISCORD_TOKEN", discordtest.Token)
}

// startLLM starts what looks like a language model.
func startLLM(ts *testscript.TestScript, args []string) {
	content, asked := ts.ReadFile(args[0]), ts.MkAbs(args[1])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := map[string]any{"choices": []any{map[string]any{"message": map[string]any{"role": "assistant", "content": content}}}}
		log, err := os.OpenFile(asked, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = fmt.Fprintln(log, r.URL)
		}
		if err == nil {
			err = log.Close()
		}
		if err == nil {
			err = json.NewEncoder(w).Encode(answer)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv("LLM", server.URL)
}

// startHub starts a hub that has the bundled model.
func startHub(ts *testscript.TestScript, pocket string) {
	files := map[string]string{"README.md": "# pocket", "unet/diffusion_pytorch_model.bin": "a pickle"}
	ts.Check(filepath.WalkDir(pocket, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(pocket, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	}))
	h := hubtest.Start(map[string]hubtest.Repository{
		"owner/pocket":  {Files: files},
		"owner/gated":   {Files: files, Gated: true},
		"owner/several": {Files: map[string]string{"a.safetensors": "a", "b.safetensors": "b"}},
	})
	ts.Defer(h.Close)
	*ts.Value("hub").(**hubtest.Hub) = h
	ts.Setenv("HF_ENDPOINT", h.URL())
	ts.Setenv("HUB_TOKEN", hubtest.Token)
}
