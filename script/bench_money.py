"""The part of the bench about money: statements over a million posted lines, and posting beside pgbench doing the same."""

import contextlib
import datetime
import sqlite3
import time
import uuid

FIM = "/api/v1/tenants/fim"
MONTHS = 24
WON = 10_000  # money is kept with four digits behind the point
# drafts that wait: a part each for pgbench and the API in 64 companies, then in one
PART = 64_000
DRAFT = "('00000000-0000-7001-8000-' || lpad(to_hex((r)::int), 12, '0'))::uuid"
COMPANY = f"CASE WHEN r < {2 * PART} THEN r % 64 ELSE 0 END"


class Money:
    """Mixed into the bench, which has the servers and the table."""

    def money(self, tenants, lines):
        company, token = tenants[0]
        self.books(company, lines)
        self.statements(token, lines)
        self.posting(tenants)

    def money_on_sqlite(self, tenants, lines):
        """The same lines and questions; posting without pgbench beside it, which knows no SQLite."""
        company, token = tenants[0]
        self.ask = self.ask_sqlite
        self.sqlite_books(company, tenants, lines)
        self.statements(token, lines, "SQLite: ")
        tokens = [token for _, token in tenants]
        self.row(f"SQLite: post a two-line entry, {len(tokens)} companies in turn, FULL", self.wrk(self.post_lua(tokens, 0)), target="half of PostgreSQL")
        for _, other in tenants[1:]:
            verdict = self.call("GET", f"{FIM}/verify", token=other)["data"]
            self.fact("SQLite: entries verified, and valid", f"{verdict['checked']}, {verdict['valid']}")

    def ask(self, sql):
        return self.psql("tnnt", sql)

    def ask_sqlite(self, sql):
        with contextlib.closing(sqlite3.connect(self.folder / "data/tnnt.db", timeout=60)) as direct:
            return direct.execute(sql).fetchone()[0]

    # -- data --------------------------------------------------------------------------------

    def books(self, company, lines):
        """One company's posted entries, two lines each, over 200 accounts and 24 months. The chain's hashes are not made: nothing here reads them."""
        self.psql(
            "tnnt",
            "INSERT INTO fim_accounts (id, tenant_id, account_code, account_name, account_type, level_depth, is_posting_allowed, row_version, created_at) "
            f"SELECT gen_random_uuid(), '{company}', '9' || lpad(n::text, 4, '0'), '부서 비용 ' || n, 'EXPENSE', 1, true, 1, now() "
            f"FROM generate_series(1, 200 - (SELECT count(*)::int FROM fim_accounts WHERE tenant_id = '{company}')) n",
            "CREATE TABLE bench_accounts AS SELECT row_number() OVER (ORDER BY account_code) - 1 AS n, id FROM fim_accounts "
            f"WHERE tenant_id = '{company}' AND is_posting_allowed AND is_active",
        )
        entries = lines // 2
        # without triggers: a million postings one by one are what the other half of this measures
        self.psql(
            "tnnt",
            f"""SET session_replication_role = replica;
                CREATE TEMP TABLE made AS
                SELECT r, gen_random_uuid() AS id, day, (100 + r % 9000) * {WON} AS amount,
                       to_char(day, 'YYYY-MM') AS period, to_char(day, 'YYYY') AS year, timestamptz '2026-01-01' + r * interval '1 second' AS at
                FROM (SELECT r, (date_trunc('month', now()) - interval '{MONTHS} months' + r * interval '{MONTHS} months' / {entries})::date AS day
                      FROM generate_series(1, {entries}) r) days;
                INSERT INTO fim_journal_entries (id, tenant_id, je_code, je_date, posting_date, period, fiscal_year, total_debit, total_credit, currency,
                       status, posted_at, chain_no, entry_hash, row_version, created_at)
                SELECT id, '{company}', 'B-' || r, day, day, period, year, amount, amount, 'KRW', 'POSTED', at, r, sha256('x'), 1, at FROM made;
                INSERT INTO fim_journal_entry_lines (id, tenant_id, je_id, line_no, account_id, debit_amount, credit_amount, base_debit, base_credit,
                       posting_date, chain_no, created_at)
                SELECT gen_random_uuid(), '{company}', made.id, side, a.id, amount * (2 - side), amount * (side - 1), amount * (2 - side), amount * (side - 1),
                       day, r, at
                FROM made CROSS JOIN generate_series(1, 2) side
                JOIN bench_accounts a ON a.n = (r * 7 + side * 31 + r / 199) % (SELECT count(*) FROM bench_accounts);
                UPDATE fim_ledgers SET chain_no = {entries}, posted_at = (SELECT max(at) FROM made) WHERE tenant_id = '{company}'""",
        )
        self.psql("tnnt", "VACUUM ANALYZE")

    def sqlite_books(self, company, tenants, lines):
        """The same entries as [`Self::books`], and drafts of all companies that wait to be posted."""
        owner, entries = bytes.fromhex(company.replace("-", "")), lines // 2
        made = lambda kind, n: bytes.fromhex(f"00000000{kind:04x}70018000{n:012x}")
        today = datetime.date.today()
        until = today.replace(day=1)
        began = until.replace(year=until.year - MONTHS // 12)
        moment = lambda r: (datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=r)).strftime("%Y-%m-%dT%H:%M:%S.000000001Z")
        with contextlib.closing(sqlite3.connect(self.folder / "data/tnnt.db", timeout=60)) as direct:
            of = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('fim_journal_entries', 'fim_journal_entry_lines')"
            triggers = direct.execute(of).fetchall()
            for name, _ in triggers:
                direct.execute(f"DROP TRIGGER {name}")
            here = direct.execute("SELECT count(*) FROM fim_accounts WHERE tenant_id = ?", (owner,)).fetchone()[0]
            direct.executemany(
                "INSERT INTO fim_accounts (id, tenant_id, account_code, account_name, account_type, level_depth, is_posting_allowed, row_version, created_at) "
                "VALUES (?, ?, ?, ?, 'EXPENSE', 1, true, 1, '2026-01-01T00:00:00.000000001Z')",
                ((made(2, n), owner, f"9{n:04}", f"부서 비용 {n}") for n in range(1, 201 - here)),
            )
            find = "SELECT id FROM fim_accounts WHERE tenant_id = ? AND is_posting_allowed AND is_active ORDER BY account_code"
            accounts = [row[0] for row in direct.execute(find, (owner,))]
            direct.execute("CREATE TABLE bench_accounts (n, id)")
            direct.executemany("INSERT INTO bench_accounts VALUES (?, ?)", enumerate(account.hex() for account in accounts))

            def posted():
                for r in range(1, entries + 1):
                    day = (began + datetime.timedelta(days=r * (until - began).days // entries)).isoformat()
                    yield r, day, (100 + r % 9000) * WON, moment(r)

            direct.executemany(
                "INSERT INTO fim_journal_entries (id, tenant_id, je_code, je_date, posting_date, period, fiscal_year, total_debit, total_credit, currency, "
                "status, posted_at, chain_no, entry_hash, row_version, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'KRW', 'POSTED', ?, ?, x'00', 1, ?)",
                ((made(3, r), owner, f"B-{r}", day, day, day[:7], day[:4], amount, amount, at, r, at) for r, day, amount, at in posted()),
            )
            line = (
                "INSERT INTO fim_journal_entry_lines (id, tenant_id, je_id, line_no, account_id, debit_amount, credit_amount, base_debit, base_credit, "
                "posting_date, chain_no, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            account = lambda r, side: accounts[(r * 7 + side * 31 + r // 199) % len(accounts)]
            direct.executemany(
                line,
                (
                    (made(3 + side, r), owner, made(3, r), side, account(r, side), *(amount * (2 - side), amount * (side - 1)) * 2, day, r, at)
                    for r, day, amount, at in posted()
                    for side in (1, 2)
                ),
            )
            direct.execute("UPDATE fim_ledgers SET chain_no = ?, posted_at = ? WHERE tenant_id = ?", (entries, moment(entries), owner))
            companies = [bytes.fromhex(tenant.replace("-", "")) for tenant, _ in tenants]
            cash = "SELECT id FROM fim_accounts WHERE tenant_id = ? AND account_code IN ('101', '103') ORDER BY account_code"
            pairs = [[row[0] for row in direct.execute(cash, (tenant,))] for tenant in companies]
            day, now = today.isoformat(), moment(0)
            # as the API writes the ids of the bench's drafts
            draft = lambda r: bytes.fromhex(f"00000000000070018000{r:012x}")
            direct.executemany(
                "INSERT INTO fim_journal_entries (id, tenant_id, je_date, posting_date, period, fiscal_year, total_debit, total_credit, currency, status, "
                "row_version, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'KRW', 'DRAFT', 1, ?)",
                ((draft(r), companies[r % len(companies)], day, day, day[:7], day[:4], 1000 * WON, 1000 * WON, now) for r in range(PART)),
            )
            direct.executemany(
                line,
                (
                    (made(5 + side, r), companies[r % len(companies)], draft(r), side, pairs[r % len(companies)][side - 1],
                     *(1000 * WON * (2 - side), 1000 * WON * (side - 1)) * 2, day, None, now)
                    for r in range(PART)
                    for side in (1, 2)
                ),
            )  # fmt: skip
            for _, sql in triggers:
                direct.execute(sql)
            direct.commit()
            direct.execute("ANALYZE")
            direct.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def statements(self, token, lines, where=""):
        account = uuid.UUID(str(self.ask("SELECT id FROM bench_accounts WHERE n = 40")))
        day = time.strftime("%Y-%m-15")
        asked = {
            "trial balance": f"trial-balance?as_of={day}",
            "profit and loss": f"profit-and-loss?to={day}",
            "balance sheet": f"balance-sheet?as_of={day}",
            "trial balance as known then": f"trial-balance?as_of={day}&known_at={self.moment(lines // 2)}",
            "ledger page of an account": f"general-ledger?account_id={account}&from=2024-01-01&to={day}&page_size=50",
            "ledger page, the hundredth": f"general-ledger?account_id={account}&from=2024-01-01&to={day}&page_size=50&page=100",
        }
        self.sum_up(token, where, lines // 2)
        for what, path in asked.items():
            measured = self.wrk(self.fixed_lua(token, f"{FIM}/reports/{path}"), 4)
            target = "p95 50 ms" if "ledger" in what else "p95 300 ms, aim 50"
            self.row(f"{where}{what}, {lines:,} lines", measured, target=target)

    def moment(self, entries):
        """Before the last fifth of the entries was posted."""
        return (datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=entries * 4 // 5)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def sum_up(self, token, where, entries):
        """A posting wakes the consumer that sums up the months. Whoever posts wakes it all the time; the entries of the bench were inserted without publishing events."""
        begin = time.perf_counter()
        self.post_one(token)
        while int(self.ask("SELECT max(rolled_up_to) FROM fim_ledger_rollups")) < entries:
            time.sleep(0.02)
        self.fact(f"{where}months of all these lines summed up", f"{time.perf_counter() - begin:.1f} s")

    # -- posting -----------------------------------------------------------------------------

    def posting(self, tenants):
        """Drafts that are there, posted by the API and by pgbench: half of them stand in 64 companies in turn, half in the one with the many
        lines. What pgbench posts is no chain, so the books are verified before."""
        for _, token in tenants:
            self.post_one(token)
        ids = ", ".join(f"'{tenant}'" for tenant, _ in tenants)
        account = "(SELECT id FROM fim_accounts WHERE tenant_id = t AND account_code = '{}')"
        amount = f"{1000 * WON} * (2 - side), {1000 * WON} * (side - 1)"
        self.psql(
            "tnnt",
            "CREATE TABLE bench_books (n int PRIMARY KEY, tenant_id uuid, one uuid, other uuid)",
            f"INSERT INTO bench_books SELECT row_number() OVER (ORDER BY array_position(ARRAY[{ids}]::uuid[], t)) - 1, t, "
            f"{account.format(101)}, {account.format(103)} FROM unnest(ARRAY[{ids}]::uuid[]) t",
            f"""SET session_replication_role = replica;
                INSERT INTO fim_journal_entries (id, tenant_id, je_date, posting_date, period, fiscal_year, total_debit, total_credit, currency, status, row_version, created_at)
                SELECT {DRAFT}, tenant_id, current_date, current_date, to_char(now(), 'YYYY-MM'), to_char(now(), 'YYYY'), {1000 * WON}, {1000 * WON}, 'KRW', 'DRAFT', 1, now()
                FROM generate_series(0, {4 * PART - 1}) r JOIN bench_books ON n = {COMPANY};
                INSERT INTO fim_journal_entry_lines (id, tenant_id, je_id, line_no, account_id, debit_amount, credit_amount, base_debit, base_credit, posting_date, created_at)
                SELECT gen_random_uuid(), tenant_id, {DRAFT}, side, CASE side WHEN 1 THEN one ELSE other END, {amount}, {amount}, current_date, now()
                FROM generate_series(0, {4 * PART - 1}) r JOIN bench_books ON n = {COMPANY} CROSS JOIN generate_series(1, 2) side""",
        )
        self.psql("tnnt", "VACUUM ANALYZE")
        tokens = [token for _, token in tenants]
        measured = self.wrk(self.post_lua(tokens, PART))
        verdicts = [self.call("GET", f"{FIM}/verify", token=token)["data"] for token in tokens[1:]]
        self.fact("entries of 63 companies verified, and bad", f"{sum(v['checked'] for v in verdicts)}, {sum(not v['valid'] for v in verdicts)}")
        base = self.pgbench(self.posted_by_pgbench(0, len(tokens)))
        self.row("post a two-line entry, 64 companies in turn", measured, base, target="≥ 55 %, aim 100 %")
        measured = self.wrk(self.post_lua(tokens[:1], 3 * PART))
        base = self.pgbench(self.posted_by_pgbench(2 * PART, 1))
        self.row("post a two-line entry, all in one company", measured, base, target="≥ 60 %, p99 150 ms")
        gaps = "SELECT 1 FROM fim_journal_entries WHERE je_code LIKE 'JE-%' GROUP BY tenant_id HAVING max(split_part(je_code, '-', 3)::int) <> count(*)"
        self.fact("companies with a gap in their numbers", self.psql("tnnt", f"SELECT count(*) FROM ({gaps}) g"), "0")

    def post_one(self, token):
        one, other = (self.call("GET", f"{FIM}/accounts?account_code={code}", token=token)["data"]["items"][0]["id"] for code in (101, 103))
        lines = [{"account_id": one, "debit_amount": "1000"}, {"account_id": other, "credit_amount": "1000"}]
        drafted = self.call("POST", f"{FIM}/transactions", {"je_date": time.strftime("%Y-%m-%d"), "lines": lines}, token)["data"]["id"]
        self.call("POST", f"{FIM}/transactions/{drafted}/post", {}, token)

    def post_lua(self, tokens, first):
        listed = ", ".join(f'"{token}"' for token in tokens)
        return f"""
            local tokens = {{ {listed} }}
            local n = {first - 1}
            request = function()
              n = n + 1
              local path = string.format("{FIM}/transactions/00000000-0000-7001-8000-%012x/post", n)
              return wrk.format("POST", path, {{ ["Authorization"] = "Bearer " .. tokens[n % #tokens + 1], ["Content-Type"] = "application/json" }}, "{{}}")
            end"""

    def posted_by_pgbench(self, first, companies):
        """What posting writes, as statements: each client counts through drafts of its own."""
        year = time.strftime("%Y")
        books = "(SELECT tenant_id FROM bench_books WHERE n = :c)"
        draft = DRAFT.replace("r)", ":r)")
        return f"""
            \\set n :n + 1
            \\set r {first} + :n * 16 + :client_id
            \\set c :r % {companies}
            BEGIN;
            SELECT status FROM fim_journal_entries WHERE tenant_id = {books} AND id = {draft} FOR UPDATE;
            UPDATE fim_ledgers SET chain_no = chain_no + 1, entry_hash = sha256(entry_hash), posted_at = now() WHERE tenant_id = {books} RETURNING chain_no AS chain \\gset
            UPDATE adm_document_series SET last_no = last_no + 1 WHERE tenant_id = {books} AND series = 'JE' AND period = '{year}' RETURNING last_no AS no \\gset
            UPDATE fim_journal_entry_lines SET chain_no = :chain WHERE tenant_id = {books} AND je_id = {draft};
            UPDATE fim_journal_entries SET status = 'POSTED', je_code = 'JE-{year}-' || lpad((:no)::text, 6, '0'), chain_no = :chain, entry_hash = sha256('x'), posted_at = now()
              WHERE tenant_id = {books} AND id = {draft};
            INSERT INTO audt_audit_logs (id, tenant_id, actor_kind, actor_name, event_type, event_category, description, request_id, target, action_performed, result, extra_data, created_at)
              VALUES (gen_random_uuid(), {books}, 'USER', 'admin', 'ADMIN_ACTION', 'SYSTEM_CHANGE', 'fim.transactions.post', gen_random_uuid(), 'fim.transactions', 'EXECUTE', 'SUCCESS', '{{"after": {{}}}}', now());
            INSERT INTO outbox (id, tenant_id, kind, aggregate_id, payload, request_id, created_at)
              VALUES (gen_random_uuid(), {books}, 'bench.posted', gen_random_uuid(), '{{}}', gen_random_uuid(), now());
            COMMIT;"""
