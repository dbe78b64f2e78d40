#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exten_fuzz::lint(bytes));
