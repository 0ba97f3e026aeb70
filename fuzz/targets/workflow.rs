//! `cargo +nightly fuzz run workflow`: see `README.md`.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|text: &str| orchestrated_fuzz::judge(text));

// Edits of tokens mostly: an edit of bytes is seldom made of tokens.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let text = std::str::from_utf8(&data[..size]).ok();
    let edited = text
        .filter(|_| seed % 8 != 0)
        .and_then(|text| orchestrated_fuzz::edited(text, seed));
    match edited {
        Some(edited) if edited.len() <= max_size => {
            data[..edited.len()].copy_from_slice(edited.as_bytes());
            edited.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
