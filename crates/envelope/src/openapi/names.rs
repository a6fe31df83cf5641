//! Names of operations, as a generated client likes them: `listCustomers`, `postJournalEntry`, `loginManager`.
//!
//! What is done, then with what. Of a resource it is its noun (`/fim/transactions` are journal entries), elsewhere the words of the path,
//! with the domain in front. What is done is the method, or the word that the path ends with.

use std::collections::{BTreeMap, BTreeSet};

/// Questions that are put as a verb: `verifyJournalEntries`; any other is got: `getCustomerTimeline`.
const ASKED: [&str; 4] = ["convert", "explain", "export", "verify"];

/// Verbs whose second word is what they change: `reset-password` of a user is `resetUserPassword`.
const OF_A_PART: [&str; 4] = ["accept", "change", "forgot", "reset"];

/// Posts that end with no verb: the words below the subject, what is done, and with what of it.
const NOT_SAID: [(&[&str], &str, &str); 2] =
    [(&["login", "mfa"], "complete", "Login"), (&["mfa", "recovery-codes"], "renew", "RecoveryCodes")];

/// `journal_entry`, `soft-close` → `JournalEntry`, `SoftClose`.
pub(super) fn pascal(words: &str) -> String {
    let words = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

fn camel(words: &str) -> String {
    let made = pascal(words);
    made.get(..1).map(str::to_ascii_lowercase).unwrap_or_default() + made.get(1..).unwrap_or_default()
}

/// Many of what an English noun names: `policy` → `policies`.
#[must_use]
pub fn plural(noun: &str) -> String {
    let before_y = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match before_y {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => format!("{noun}es"),
        None => format!("{noun}s"),
    }
}

/// One of what a word of a path names: `settings` → `setting`.
pub(super) fn singular(word: &str) -> String {
    match (word.ends_with("series"), word.strip_suffix("ies"), word.strip_suffix('s')) {
        (true, ..) | (_, None, None) => word.to_owned(),
        (_, Some(stem), _) => format!("{stem}y"),
        (_, None, Some(stem)) => stem.to_owned(),
    }
}

/// What the operations of a document are about.
pub(super) struct Names<'n> {
    /// Every path, without a slash at its end.
    pub known: &'n BTreeSet<String>,
    /// The noun of a collection, by its path.
    pub nouns: &'n BTreeMap<String, String>,
    /// The prefix for the words of a path that is not below `/api`.
    pub elsewhere: &'n str,
}

/// One and many of what a path is about, and its words below.
struct Subject<'p> {
    one: String,
    many: String,
    below: Vec<&'p str>,
}

impl Names<'_> {
    /// Whether something lies below the path under a name: it is a collection.
    pub fn is_collection(&self, path: &str) -> bool {
        let below = format!("{}/{{", path.trim_end_matches('/'));
        self.known.iter().any(|known| known.strip_prefix(&below).is_some_and(|rest| !rest.contains('/')))
    }

    fn subject<'p>(&self, path: &'p str) -> Subject<'p> {
        let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
        let until = |count: usize| format!("/{}", words.iter().take(count).copied().collect::<Vec<_>>().join("/"));
        let mut at = words.len();
        while at > 0 && !self.nouns.contains_key(&until(at)) {
            at -= 1;
        }
        let (mut one, mut many) = match (self.nouns.get(&until(at)), words.as_slice()) {
            (Some(noun), _) => (pascal(noun), pascal(&plural(noun))),
            // what both realms have under one name
            (None, ["api", _, realm, own @ ("auth" | "home"), ..]) => {
                at = if *own == "auth" { 4 } else { 3 };
                let whose = if *realm == "manager" { "Manager" } else { "Tenant" };
                (whose.to_owned(), whose.to_owned())
            }
            (None, ["api", _, _, domain, ..]) => {
                at = 4;
                (pascal(domain), pascal(domain))
            }
            (None, _) => (self.elsewhere.to_owned(), self.elsewhere.to_owned()),
        };
        // collections that are no resources: settings, the own sessions of who signed in, those of a legacy API
        let is_resource = self.nouns.contains_key(&until(at));
        while let Some(name) = words.get(at).filter(|name| !is_resource && !name.starts_with('{') && self.is_collection(&until(at + 1))) {
            let own = if words.get(3) == Some(&"auth") { "Own" } else { "" };
            (one, many) = (format!("{one}{own}{}", pascal(&singular(name))), format!("{one}{own}{}", pascal(name)));
            at += 1;
            if !words.get(at + 1).is_some_and(|_| self.is_collection(&until(at + 2))) {
                break;
            }
            at += 1;
        }
        Subject { one, many, below: words.into_iter().skip(at).collect() }
    }

    pub fn operation_id(&self, method: &str, path: &str) -> String {
        let Subject { one, many, below } = self.subject(path);
        let is_one = below.first().is_some_and(|word| word.starts_with('{'));
        let words: Vec<&str> = below.into_iter().filter(|word| !word.starts_with('{')).collect();
        let subject = if is_one || (words.is_empty() && method == "post") { one } else { many };
        let all = |words: &[&str]| words.iter().map(|word| pascal(word)).collect::<String>();
        let verb = match method {
            "get" if words.is_empty() && !is_one => "list",
            "post" => "create",
            "patch" => "update",
            "put" => "replace",
            other => other,
        };
        if let ("get", ["reports", report @ ..]) = (method, words.as_slice())
            && !report.is_empty()
        {
            return format!("get{}Report", all(report));
        }
        match words.split_last() {
            Some((last, before)) if method == "post" || (method == "get" && ASKED.contains(last)) => {
                if let Some((_, verb, what)) = NOT_SAID.iter().find(|(said, ..)| *said == words.as_slice()) {
                    return format!("{verb}{subject}{what}");
                }
                let (verb, part) = last.split_once('-').filter(|(verb, _)| OF_A_PART.contains(verb)).unwrap_or((*last, ""));
                format!("{}{subject}{}{}", camel(verb), all(before), pascal(part))
            }
            _ => format!("{verb}{subject}{}", all(&words)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, plural};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn operations_are_named_by_what_they_do_and_with_what() {
        let customers = "/api/v1/tenants/crm/customers";
        let entries = "/api/v1/tenants/fim/transactions";
        let paths = [
            format!("{customers}/{{id}}"),
            format!("{customers}/import/{{id}}"),
            format!("{entries}/{{id}}"),
            "/api/v1/tenants/adm/settings/{key}".to_owned(),
            "/api/v1/manager/auth/sessions/{id}".to_owned(),
            "/users/{user_id}".to_owned(),
            "/users/{user_id}/roles/{role_id}".to_owned(),
        ];
        let known: BTreeSet<String> = paths.into();
        let nouns: BTreeMap<String, String> =
            [(customers, "customer"), (entries, "journal_entry")].map(|(path, noun)| (path.to_owned(), noun.to_owned())).into();
        let names = Names { known: &known, nouns: &nouns, elsewhere: "Erp" };
        for (method, path, id) in [
            ("get", customers, "listCustomers"),
            ("post", customers, "createCustomer"),
            ("get", &format!("{customers}/{{id}}"), "getCustomer"),
            ("patch", &format!("{customers}/{{id}}"), "updateCustomer"),
            ("delete", &format!("{customers}/{{id}}"), "deleteCustomer"),
            ("post", &format!("{customers}/bulk"), "bulkCustomers"),
            ("get", &format!("{customers}/export"), "exportCustomers"),
            ("post", &format!("{customers}/import"), "importCustomers"),
            ("get", &format!("{customers}/import/{{id}}"), "getCustomersImport"),
            ("post", &format!("{customers}/import/{{id}}/undo"), "undoCustomersImport"),
            ("get", &format!("{customers}/duplicates"), "getCustomersDuplicates"),
            ("get", &format!("{customers}/{{id}}/duplicates"), "getCustomerDuplicates"),
            ("post", &format!("{customers}/{{id}}/reset-password"), "resetCustomerPassword"),
            ("post", &format!("{entries}/{{id}}/post"), "postJournalEntry"),
            ("post", &format!("{entries}/{{id}}/soft-close"), "softCloseJournalEntry"),
            ("get", &format!("{entries}/verify"), "verifyJournalEntries"),
            ("get", "/api/v1/tenants/fim/verify", "verifyFim"),
            ("get", "/api/v1/tenants/fim/reports/trial-balance", "getTrialBalanceReport"),
            ("get", "/api/v1/tenants/adm/settings", "listAdmSettings"),
            ("patch", "/api/v1/tenants/adm/settings/{key}", "updateAdmSetting"),
            ("get", "/api/v1/tenants/adm/calendar/business-day", "getAdmCalendarBusinessDay"),
            ("post", "/api/v1/manager/auth/login", "loginManager"),
            ("post", "/api/v1/tenants/auth/login/mfa", "completeTenantLogin"),
            ("post", "/api/v1/tenants/auth/change-password", "changeTenantPassword"),
            ("post", "/api/v1/manager/auth/mfa/recovery-codes", "renewManagerRecoveryCodes"),
            ("post", "/api/v1/manager/auth/mfa/confirm", "confirmManagerMfa"),
            ("get", "/api/v1/manager/auth/me", "getManagerMe"),
            ("get", "/api/v1/manager/home", "getManagerHome"),
            ("get", "/api/v1/tenants/home", "getTenantHome"),
            ("delete", "/api/v1/manager/auth/sessions/{id}", "deleteManagerOwnSession"),
            ("get", "/users/", "listErpUsers"),
            ("put", "/users/{user_id}", "replaceErpUser"),
            ("put", "/users/{user_id}/roles", "replaceErpUserRoles"),
            ("post", "/users/{user_id}/roles", "createErpUserRole"),
            ("delete", "/users/{user_id}/roles/{role_id}", "deleteErpUserRole"),
        ] {
            assert_eq!(names.operation_id(method, path), id, "{method} {path}");
        }
    }

    #[test]
    fn nouns_have_a_plural() {
        for (one, many) in
            [("policy", "policies"), ("day", "days"), ("batch", "batches"), ("open_item", "open_items"), ("address", "addresses")]
        {
            assert_eq!(plural(one), many);
        }
    }
}
