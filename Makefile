# make chat   fetch the runtime library, build, and start the conversation
# make web    the same conversation in a browser
# make test   run every test
# make s3     build the S3 server that tests of pictures use if it is there
# make lint   gofmt, go vet, staticcheck
# make house  draw the rooms and their imports, docs/house.svg
# make transcript  hold a conversation on a fake Discord, draw docs/discord.png, and one in a
#             terminal, write docs/conversation.md
# make screenshots  hold a conversation in Chromium, draw docs/web.png
# make bench  measure, print a table, write build/bench.json
# make sheets edit drawings whose true edit is known, draw docs/pictures/edits.jpg
# make bench-gpu  measure on a GPU with CUDA, or say what is missing for that
# make soak   break everything for MINUTES=10 while people talk, write build/bench.json
# make study  run all studies that ship, write build/study (docs/study-files.md)
GO ?= go
ARGS ?=
export PENTIMENTO_ONNXRUNTIME ?= $(CURDIR)/build/onnxruntime

# An S3 server for the tests of pictures; it is no part of the program.
S3_SERVER = github.com/versity/versitygw/cmd/versitygw@v1.8.0
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: all build needs chat web test s3 lint house bench bench-real bench-gpu sheets soak study transcript screenshots runtime clean

all: build

build: needs runtime
	@[ -e bin/pentimento ] || echo "building; the first time takes a few minutes"
	@$(GO) build -trimpath -o bin/pentimento .

# What is missing is said before anything is downloaded.
needs:
	@command -v $(GO) >/dev/null || { echo "Go is needed: https://go.dev/dl has it" >&2; exit 1; }
	@[ "$$($(GO) env CGO_ENABLED)" = 1 ] || { echo "a C compiler is needed, such as gcc or clang" >&2; exit 1; }

chat: build
	@bin/pentimento chat $(ARGS)

web: build
	@bin/pentimento web $(ARGS)

# The longest begin first: they wait much, and the others run meanwhile.
LONGEST = ./tests ./editor ./bot/discord ./study ./models

test: runtime
	$(GO) test -race -timeout 30m $(LONGEST) ./...

study: build
	@bin/pentimento study run $(or $(STUDIES),$$(bin/pentimento study list --names)) --out build/study $(ARGS)

bench: build
	$(GO) run ./tests/bench $(ARGS)

# Takes 12 GB and many minutes. PYTHON has the packages of tests/reference/peers.py.
bench-real: build
	$(GO) run ./tests/bench -only $(if $(PYTHON),peers -python $(PYTHON),real) $(ARGS)

sheets: build
	$(GO) run ./tests/bench -only photo $(ARGS)
	@mkdir -p docs/pictures && cp build/photo-edits.jpg docs/pictures/edits.jpg

bench-gpu: build
	$(GO) run ./tests/bench -only gpu $(ARGS)

soak: build
	$(GO) run ./tests/soak -minutes $(or $(MINUTES),10) $(ARGS)
	PENTIMENTO_TEST_KILLS=$(or $(KILLS),500) $(GO) test ./bot/discord -run '^TestTrust08EveryMessageEnds$$' -count 1 -timeout 30m -v

transcript: build
	$(GO) run ./tests/transcript $(ARGS)
	$(GO) run ./tests/talk

screenshots: build
	$(GO) run ./tests/screenshots $(ARGS)

s3: build/tools/versitygw

build/tools/versitygw:
	GOBIN=$(CURDIR)/build/tools $(GO) install $(S3_SERVER)

lint:
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

house:
	$(GO) test ./tests -run '^TestHouse$$' -update

runtime:
	@sh models/runtime/fetch.sh build/onnxruntime

clean:
	rm -rf bin build
