//! The command line: one binary, many roles.

use crate::settings::Settings;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// CXG: a multi-company business platform.
#[derive(Debug, Parser)]
#[command(name = "cxg", version, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub settings: Settings,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the platform (the default)
    Serve,
    /// Bring both databases to the newest schema, or look at it
    #[command(subcommand)]
    Migrate(Migrate),
    /// Add data
    Seed {
        /// The demo company
        #[arg(long, required = true)]
        demo: bool,
    },
    /// Accounts of the provider
    #[command(subcommand)]
    Admin(Admin),
    /// Work without serving: hand events to their consumers, run what is due by the clock
    Work,
    /// The record of what was done
    #[command(subcommand)]
    Audit(Audit),
    /// Exchange keys while everything serves
    #[command(subcommand)]
    Keys(Keys),
    /// Print the OpenAPI document
    Openapi,
    /// Print the settings in force, secrets masked
    Config,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Migrate {
    /// Take all steps that were not taken yet
    Up,
    /// Take the last step back, in both databases (for development)
    Down,
    /// Show which steps were taken
    Status,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Keys {
    /// Make a new key that signs tokens; the one before is believed for 20 minutes more
    Rotate {
        /// Believe no token of the keys before any more: somebody else has one of them
        #[arg(long)]
        at_once: bool,
    },
    /// Put a new secret key into the data folder, and seal everything with it
    RotateSecret,
    /// Seal everything with the newest secret key
    Reseal,
    /// Take the older secret keys out of the data folder, when nothing is sealed with them
    PruneSecret,
}

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Verify that no row was changed, taken out, moved or cut off
    Verify {
        /// Code of one company; all chains without
        #[arg(long)]
        tenant: Option<String>,
        /// Signed heads kept elsewhere; those of the data folder without
        #[arg(long)]
        heads: Option<PathBuf>,
        /// Instead: verify a row's proof, which needs no database
        #[arg(long, conflicts_with_all = ["tenant", "heads"])]
        proof: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make another super administrator
    Create {
        #[arg(long)]
        username: String,
        /// Made up and printed when left out
        #[arg(long)]
        password: Option<String>,
    },
}
