//! Standard output. Whoever reads it may have gone (`cxg config | head -1`), which is no reason to end, nor to panic as `println!` does.

use std::{
    fmt::Display,
    io::{ErrorKind, Write as _},
};

/// Prints a line on standard output, as `println!` does.
#[macro_export]
macro_rules! say {
    ($($what:tt)*) => { $crate::say::line(format_args!($($what)*)) };
}

#[doc(hidden)]
pub fn line(line: impl Display) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        complain(format_args!("standard output cannot be written: {error}"));
    }
}

/// Says on standard error what the program could not do.
pub fn complain(what: impl Display) {
    let _ = writeln!(std::io::stderr(), "cxg: {what}");
}
