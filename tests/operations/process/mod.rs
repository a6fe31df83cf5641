//! The program itself: how it starts, what it refuses, its commands, and what being killed leaves behind.

mod away;
mod bounds;
mod canary;
mod commands;
mod folder;
mod killed;
mod postings;
mod starting;
mod working;
