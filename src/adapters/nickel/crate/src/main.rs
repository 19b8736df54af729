//! `provisioning-nickel FILE [IMPORT_PATH]…`: evaluates FILE for export.
//!
//! The answer does not go to stdout but stays in memory, where the host reads it through
//! `output.pointer` and `output.length` after `main` has returned:
//! - exit code 0: the exported value as JSON;
//! - exit code 1: one line with Nickel's diagnostics as JSON, then the same as a text report;
//! - a trap: the words of the panic, or nothing (memory or stack exhausted).
//!
//! `wizer.initialize` runs at build time. It leaves a `Context` behind that has parsed and checked
//! the standard library, so that no evaluation has to.

use nickel_lang::{Context, Error, ErrorFormat};
use std::cell::RefCell;
use std::env::args;
use std::process::ExitCode;

thread_local! {
    static PREPARED: RefCell<Option<Context>> = const { RefCell::new(None) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| answer(panic.to_string().into_bytes())));
    let mut args = args().skip(1);
    let file = args.next().unwrap_or_default();
    match evaluate(&file, args.collect()) {
        Ok(json) => {
            answer(json.into_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            answer(describe(&error));
            ExitCode::FAILURE
        }
    }
}

fn evaluate(file: &str, import_paths: Vec<String>) -> Result<String, Error> {
    let source = std::fs::read_to_string(file)?;
    let mut context = PREPARED
        .take()
        .unwrap_or_default()
        .with_source_name(file.to_owned())
        .with_added_import_paths(import_paths.into_iter().map(Into::into).collect());
    let value = context.eval_deep_for_export(&source)?;
    context.expr_to_json(&value)
}

fn describe(error: &Error) -> Vec<u8> {
    let mut output = Vec::new();
    for format in [ErrorFormat::Json, ErrorFormat::Text] {
        if let Err(trouble) = error.format(&mut output, format) {
            output.extend_from_slice(trouble.to_string().as_bytes());
        }
        output.push(b'\n');
    }
    output
}

fn answer(bytes: Vec<u8>) {
    OUTPUT.set(bytes);
}

#[unsafe(export_name = "output.pointer")]
pub extern "C" fn output_pointer() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

#[unsafe(export_name = "output.length")]
pub extern "C" fn output_length() -> usize {
    OUTPUT.with_borrow(|output| output.len())
}

/// Parses and checks the standard library by evaluating a program that touches contracts and arrays.
#[unsafe(export_name = "wizer.initialize")]
pub extern "C" fn initialize() {
    let mut context = Context::new();
    let program = "{ a | std.contract.Sequence [Number] = 1, b = std.array.map (fun x => x + 1) [1] }";
    let value = context
        .eval_deep_for_export(program)
        .expect("the standard library evaluates");
    context
        .expr_to_json(&value)
        .expect("a plain record can be exported");
    PREPARED.set(Some(context));
}
