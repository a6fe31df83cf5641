# `cargo install just`, then `just` lists what there is.

set positional-arguments

# list the recipes
default:
    @just --list --unsorted

# start the program with what .env and the environment say
run *ARGS:
    cargo run -- "$@"

# everything: format, lints, build, tests (arguments narrow the tests down)
test *ARGS:
    script/test "$@"

# the quick half of the tests (SQLite, no browser, no killed processes), many times over: what fails now and then is a fault
flaky TIMES="20":
    for i in $(seq "$1"); do echo "== $i"; cargo test -q --workspace -- on_sqlite --skip console:: --skip process:: --skip stress:: || exit 1; done

# ten thousand sequences of everything that is done to books, beside a model, on both databases (about an hour on two cores)
sequences COUNT="10000":
    SEQUENCES="$1" cargo test -p tests --test money -- --nocapture sequences

# migrate both databases: up, down (the last step, development only) or status
migrate DIRECTION="up":
    cargo run -q -- migrate "$1"

# the quick half of `test`: format and lints
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# licences, sources, versions (`cargo install cargo-deny`)
deny:
    cargo deny check bans licenses sources

# measure a running server under load
bench *ARGS:
    script/bench "$@"

# requests that cost more than they are worth, against the built program (`--binary PATH`, `--seconds N`, `--only sqlite|pg`)
attack *ARGS:
    script/attack "$@"

# write the OpenAPI document to openapi.json
openapi:
    cargo run -q -- openapi > openapi.json.new
    mv openapi.json.new openapi.json

# a new domain crate from the pattern: `just new-domain hrm tenant`
new-domain NAME REALM="tenant":
    script/new-domain "$1" "$2"

# what a clean build costs, and what one more plain resource adds
build-cost:
    script/build-cost
