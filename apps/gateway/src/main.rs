//! `cxg`: one binary, many roles. What it does is in the library, so that nothing is compiled for it a second time.

use gateway::say::complain;
use std::process::ExitCode;

// argon2 takes 19 MiB a hash; glibc would keep them
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    match gateway::program::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
