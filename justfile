# What is done often. `just` lists it.

default:
    @just --list

# All that has to be green before a change goes in.
ci:
    .ci/run

# The tests; UPDATE_EXPECT=1 and TRYBUILD=overwrite take what they see for what they should see.
test *args:
    cargo test {{args}}

fmt:
    cargo fmt --all

lint:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
    cargo doc --workspace --no-deps --open

book:
    mdbook serve docs

bench:
    cargo bench --workspace

# This crate beside others; `just peers --write` renews the tables in the README and in the book.
peers *args:
    cargo run --release --manifest-path benches/peers/Cargo.toml -- {{args}}
