use kernel::permission;

permission! {
    /// Verify the chains.
    pub Verify = "audt", "audit-logs", "verify";
    /// Read the provider's events by their numbers.
    pub ReadEvents = "audt", "events", "read";
    /// Hand a dead letter to its consumer again.
    pub Replay = "audt", "dead-letters", "replay";
}
