"""Requests a second, latency and memory of `cxg`, beside pgbench with the same statements.

Prints a table; changes nothing outside a temporary folder. Options: --rows N (default
1,000,000), --seconds N per measurement (default 8), --only pg|sqlite|sign-in|audit|import|money,
--binary PATH (default target/release/cxg; target/debug/cxg to try the script itself).
"""

import argparse
import calendar
import contextlib
import glob
import json
import os
import pathlib
import pwd
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import typing
import urllib.parse
import urllib.request

from bench_money import Money

ROOT = pathlib.Path(__file__).resolve().parent.parent
CXG = ROOT / "target/release/cxg"  # or --binary
PORT, PG_PORT = 8197, 5497
BASE = f"http://127.0.0.1:{PORT}"
COMPANIES = 100
PASSWORD = "blue-sky-river-9"
COLUMNS = (
    "id, tenant_id, no, name, name_key, description, code, biz_no, sub_biz_no, ceo_name, biz_kind, biz_item, postcode, address1, address2, "
    "phone, fax, email, is_headquarters, status, row_version, created_at, created_by, updated_at, updated_by, deleted_at, deleted_by"
)
# row r has this id and belongs to company r mod 100, so that both pgbench and wrk can pick one
ROW_ID = "('00000000-0000-7000-8000-' || lpad(to_hex(({r})::int), 12, '0'))::uuid"

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(method, path, body=None, token=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(BASE + path, method=method, headers=headers, data=json.dumps(body).encode() if body is not None else None)
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)


def percentile(text, name):
    found = re.search(rf"{name}%\s+([\d.]+)(us|ms|s)", text)
    factor = {"us": 0.001, "ms": 1, "s": 1000}
    return float(found[1]) * factor[found[2]] if found else float("nan")


class Base(typing.NamedTuple):
    """What a measurement is held against: a rate, and where pgbench measured it the 99th percentile in ms."""

    rate: float | None
    p99: float | None = None


class Bench(Money):
    call = staticmethod(call)

    def __init__(self, options, folder):
        self.options, self.folder, self.rows = options, folder, []
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[-2]))[-1]
        self.server = None

    # -- processes ---------------------------------------------------------------------------

    def as_postgres(self, *command, **more):
        if os.getuid() == 0:
            command = ("runuser", "-u", "postgres", "--", *command)
        return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout

    def start_postgres(self):
        self.data = self.folder / "pg"
        self.data.mkdir()
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.data, owner.pw_uid, owner.pw_gid)
        self.as_postgres(f"{self.bin}/initdb", "-D", str(self.data), "--locale=C.UTF-8", "-E", "UTF8", "--auth=trust", "-N")
        settings = f"-p {PG_PORT} -k {self.data} -c shared_buffers=512MB -c max_connections=200 -c max_wal_size=4GB -c checkpoint_timeout=30min"
        self.as_postgres(f"{self.bin}/pg_ctl", "-D", str(self.data), "-o", settings, "-l", str(self.data / "log"), "-w", "start")
        self.psql("postgres", "CREATE ROLE cxg LOGIN CREATEROLE; ", "CREATE DATABASE mgmt OWNER cxg", "CREATE DATABASE tnnt OWNER cxg")

    def stop_postgres(self):
        self.as_postgres(f"{self.bin}/pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def psql(self, database, *statements):
        command = ["psql", "-q", "-h", "127.0.0.1", "-p", str(PG_PORT), "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-At"]
        for statement in statements:
            command += ["-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def environment(self, settings):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CXG_")}
        environment |= {"CXG_BIND": f"127.0.0.1:{PORT}", "CXG_DATA_DIR": str(self.folder / "data"), "CXG_ADMIN_PASSWORD": PASSWORD}
        return environment | {"CXG_DEMO": "false", "CXG_RATE_LIMIT": "off", "CXG_MIGRATE": "true"} | settings

    def start_cxg(self, **settings):
        environment = self.environment(settings)
        log = open(self.folder / "cxg.log", "ab")
        begin = time.perf_counter()
        self.server = subprocess.Popen([CXG], env=environment, stdout=log, stderr=log)
        while True:
            try:
                opener.open(BASE + "/health/ready", timeout=1).read()
                return (time.perf_counter() - begin) * 1000
            except OSError:
                if self.server.poll() is not None or time.perf_counter() - begin > 60:
                    sys.exit(f"cxg does not start; see {(self.folder / 'cxg.log').read_text()[-2000:]}")
                time.sleep(0.002)

    def stop_cxg(self):
        self.server.terminate()
        self.server.wait(40)

    def rss(self):
        status = pathlib.Path(f"/proc/{self.server.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    # -- measuring ---------------------------------------------------------------------------

    def wrk(self, lua, connections=16, seconds=None, path="/", threads=1):
        script = self.folder / "wrk.lua"
        script.write_text(lua)
        seconds = seconds or self.options.seconds
        command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--latency", "-s", str(script), BASE + path]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        if wrong:
            sys.exit(f"{wrong[1]} answers were errors:\n{lua}\n{text}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), percentile(text, 50), percentile(text, 99)

    def pgbench(self, *scripts, clients=16):
        """One of the scripts each time, at random."""
        command = [f"{self.bin}/pgbench", "-n", "-M", "prepared", "-D", "n=-1", "-h", "127.0.0.1", "-p", str(PG_PORT), "-U", "postgres"]
        command += ["-c", str(clients), "-j", "2", "-T", str(self.options.seconds), "-l", "tnnt"]
        for n, sql in enumerate(scripts):
            script = self.folder / f"pgbench{n}.sql"
            script.write_text(sql)
            os.chmod(script, 0o644)
            command += ["-f", str(script)]
        text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.folder).stdout
        logs = list(self.folder.glob("pgbench_log.*"))
        took = sorted(int(line.split()[2]) / 1000 for log in logs for line in log.read_text().splitlines())
        for log in logs:
            log.unlink()
        return Base(float(re.search(r"tps = ([\d.]+)", text)[1]), took[len(took) * 99 // 100])

    def row(self, what, measured, base=None, base_name="pgbench", target=""):
        rate, p50, p99 = measured
        base, base_p99 = base if isinstance(base, Base) else Base(base)
        ratio = f"{100 * rate / base:5.0f} %" if base else ""
        compared = (f"{base:9.0f}" if base else "", f"{base_p99:7.2f}" if base_p99 else "")
        self.rows.append((what, f"{rate:9.0f}", f"{p50:7.2f}", f"{p99:7.2f}", f"{self.rss():5.0f}", *compared, ratio, target))
        print(f"  {what}: {rate:.0f}/s, {p50:.1f} / {p99:.1f} ms {ratio.strip()} {('of ' + base_name) if base else ''}", flush=True)

    def fact(self, what, value, target=""):
        self.rows.append((what, value, *[""] * 6, target))
        print(f"  {what}: {value}", flush=True)

    def table(self):
        head = ("measurement", "requests/s", "p50 ms", "p99 ms", "MB", "base/s", "its p99", "ratio", "should reach")
        rows = [head, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
        print()
        for i, row in enumerate(rows):
            print(" | ".join(cell.ljust(width) if n in (0, 8) else cell.rjust(width) for n, (cell, width) in enumerate(zip(row, widths))))
            if i == 0:
                print("-+-".join("-" * width for width in widths))

    # -- data --------------------------------------------------------------------------------

    def companies(self, count):
        manager = call("POST", "/api/v1/manager/auth/login", {"username": "admin", "password": PASSWORD})["data"]["access_token"]
        made = []
        for n in range(count):
            admin = {"username": "admin", "email": f"a{n}@bench.example", "full_name": "Bench", "password": PASSWORD}
            body = {"code": f"bench{n}", "name": f"Bench {n}", "start_date": "2026-01-01", "admin": admin}
            tenant = call("POST", "/api/v1/manager/tenants", body, manager)["data"]["id"]
            login = {"tenant": f"bench{n}", "username": "admin", "password": PASSWORD}
            made.append((tenant, call("POST", "/api/v1/tenants/auth/login", login)["data"]["access_token"]))
        return made

    def fill(self, tenants, first, last):
        """Rows first..last: row r belongs to company r mod 100; companies without a sign-in get ids of their own."""
        ids = [tenant for tenant, _ in tenants] + [f"00000000-0000-4000-8000-{n:012d}" for n in range(COMPANIES)]
        array = ", ".join(f"'{i}'" for i in ids[:COMPANIES])
        self.psql(
            "tnnt",
            f"""INSERT INTO adm_organizations (id, tenant_id, no, name, name_key, description, code, address1, phone, row_version, created_at)
                SELECT {ROW_ID.format(r='r')}, (ARRAY[{array}]::uuid[])[r % {COMPANIES} + 1], r, '거래처 ' || r, '거래처 ' || r, '메모 ' || r,
                       'C' || r, '서울특별시 중구 세종대로 ' || r, '02-1234-5678', 1, timestamptz '2020-01-01' + r * interval '1 second'
                FROM generate_series({first}, {last}) r""",
            "INSERT INTO adm_document_series (id, tenant_id, series, period, last_no, created_at) "
            "SELECT gen_random_uuid(), tenant_id, 'adm_organizations', '', max(no), now() FROM adm_organizations GROUP BY tenant_id "
            "ON CONFLICT (tenant_id, series, period) DO UPDATE SET last_no = excluded.last_no",
        )
        self.psql("tnnt", "VACUUM ANALYZE")

    # -- scenarios ---------------------------------------------------------------------------

    def get_lua(self, tokens, total):
        """GET by id; several tokens: a company picked anew for each request."""
        listed = ", ".join(f'"{token}"' for token in tokens)
        return f"""
            local tokens = {{ {listed} }}
            request = function()
              local company = math.random(#tokens)
              local row = math.random(0, {total // COMPANIES} - 2) * {COMPANIES} + company - 1
              if row == 0 then row = {COMPANIES} end
              local id = string.format("00000000-0000-7000-8000-%012x", row)
              return wrk.format("GET", "/api/v1/tenants/adm/organizations/" .. id, {{ ["Authorization"] = "Bearer " .. tokens[company] }})
            end"""

    def fixed_lua(self, token, path):
        return f'request = function() return wrk.format("GET", "{path}", {{ ["Authorization"] = "Bearer {token}" }}) end'

    def create_lua(self, tokens, kind):
        listed = ", ".join(f'"{token}"' for token in tokens)
        return f"""
            local tokens = {{ {listed} }}
            local n = 0
            local stamp = os.time()
            request = function()
              n = n + 1
              local body = string.format('{{"name": "{kind} %d %d", "address1": "서울특별시 중구 세종대로 110", "phone": "02-1234-5678", "description": "메모"}}', stamp, n)
              return wrk.format("POST", "/api/v1/tenants/adm/organizations",
                {{ ["Authorization"] = "Bearer " .. tokens[n % #tokens + 1], ["Content-Type"] = "application/json" }}, body)
            end"""

    def same_insert(self, company):
        """What creating an organization does, as one statement: number, row, audit row, event, text to search in."""
        grams = "'{" + ",".join(str(n * 7919) for n in range(40)) + "}'"
        return (
            "WITH number AS (INSERT INTO adm_document_series (id, tenant_id, series, period, last_no, created_at) "
            f"VALUES (gen_random_uuid(), '{company}', 'adm_organizations', '', 1, now()) ON CONFLICT (tenant_id, series, period) "
            "DO UPDATE SET last_no = adm_document_series.last_no + excluded.last_no RETURNING last_no), "
            "row AS (INSERT INTO adm_organizations (id, tenant_id, name, name_key, description, address1, phone, row_version, created_at, no) "
            f"VALUES (gen_random_uuid(), '{company}', 'pgbench', 'pgbench ' || random(), '메모', '서울특별시 중구 세종대로 110', '02-1234-5678', 1, now(), "
            f"(SELECT last_no FROM number)) RETURNING {COLUMNS}), "
            "audited AS (INSERT INTO audt_audit_logs (id, tenant_id, actor_kind, actor_name, event_type, event_category, description, request_id, target, "
            "action_performed, result, extra_data, created_at) "
            f"VALUES (gen_random_uuid(), '{company}', 'USER', 'admin', 'API_CALL', 'DATA_MODIFICATION', 'adm.organizations.create', gen_random_uuid(), "
            "'adm.organizations', 'CREATE', 'SUCCESS', '{\"after\": {}}', now())), "
            "published AS (INSERT INTO outbox (id, tenant_id, kind, aggregate_id, payload, request_id, created_at) "
            f"VALUES (gen_random_uuid(), '{company}', 'adm.organization.created', gen_random_uuid(), '{{}}', gen_random_uuid(), now())), "
            "kept AS (INSERT INTO search_texts (id, tenant_id, target, text, edition, created_at, grams) "
            f"VALUES (gen_random_uuid(), '{company}', 'adm_organizations', 'pgbench', 1, now(), {grams}) ON CONFLICT (tenant_id, id) DO UPDATE SET text = excluded.text) "
            "SELECT * FROM row;"
        )

    def deep_cursor(self, token, total):
        """The cursor that stands halfway through the company's list."""
        page = call("GET", f"/api/v1/tenants/adm/organizations?page={total // COMPANIES // 40}&page_size=20&total=false", token=token)["data"]
        return page["next_cursor"]

    def postgres(self):
        total = self.options.rows
        self.start_postgres()
        url = f"postgres://cxg@127.0.0.1:{PG_PORT}"
        settings = {"CXG_MANAGER_DATABASE_URL": f"{url}/mgmt", "CXG_TENANT_DATABASE_URL": f"{url}/tnnt", "CXG_SECRET_KEY": "b" * 40}
        self.start_cxg(**settings)
        self.stop_cxg()
        self.fact("PostgreSQL: start to first ready answer", f"{self.start_cxg(**settings):.0f} ms", "100 ms")
        self.fact("PostgreSQL: idle memory", f"{self.rss():.0f} MB", "40 MB")
        tenants = self.companies(64)
        company, token = tenants[0]
        tokens = [token for _, token in tenants]

        self.fill(tenants, 1, 10_000)
        small = self.wrk(self.get_lua([token], 10_000))
        self.row("GET by id, 10,000 rows in the table", small)
        self.fill(tenants, 10_001, total)

        pick = f"\\set r random(1, {total // COMPANIES - 1}) * {COMPANIES}\n"
        live = f"tenant_id = '{company}' AND deleted_at IS NULL"
        get = f"{pick}SELECT {COLUMNS} FROM adm_organizations WHERE {live} AND id = {ROW_ID.format(r=':r')};"
        base = self.pgbench(get)
        got = self.wrk(self.get_lua([token], total))
        self.row(f"GET by id, {total:,} rows", got, base, target="≥ 25 %, aim 40 %, p99 10 ms")
        self.row("GET by id against 10,000 rows", got, small[0], "the small table", "≥ 77 %")
        self.row("GET by id, 64 companies in turn", self.wrk(self.get_lua(tokens, total)), base)
        self.row("GET by id, 64 connections", self.wrk(self.get_lua([token], total), 64), got[0], "16 connections", "≥ 90 % of 16")

        count = f"(SELECT count(*) FROM adm_organizations WHERE {live})"
        listed = f"SELECT {COLUMNS}, {count} AS total_count FROM adm_organizations WHERE {live} ORDER BY created_at DESC, id DESC LIMIT 21;"
        base = self.pgbench(listed)
        self.row("list of 20 with total", self.wrk(self.fixed_lua(token, "/api/v1/tenants/adm/organizations")), base, target="≥ 60 %, p99 60 ms")
        base = self.pgbench(listed.replace(f", {count} AS total_count", ""))
        first = self.wrk(self.fixed_lua(token, "/api/v1/tenants/adm/organizations?total=false"))
        self.row("list of 20 without total", first, base, target="≥ 30 %, aim 45 %")
        cursor = self.deep_cursor(token, total)
        deep = self.wrk(self.fixed_lua(token, f"/api/v1/tenants/adm/organizations?cursor={cursor}"))
        self.row("list of 20 by cursor, halfway", deep, first[0], "the first page", "≥ 80 % of the first")

        insert = (
            "BEGIN;\n"
            f"INSERT INTO adm_organizations (id, tenant_id, no, name, name_key, description, address1, phone, row_version, created_at) VALUES (gen_random_uuid(), '{company}', "
            "(random() * 1e15)::bigint + 1e12::bigint, 'pgbench', 'pgbench ' || random(), '메모', '서울특별시 중구 세종대로 110', '02-1234-5678', 1, now());\n"
            "INSERT INTO audt_audit_logs (id, tenant_id, actor_kind, actor_name, event_type, event_category, description, request_id, target, action_performed, result, extra_data, created_at) "
            f"VALUES (gen_random_uuid(), '{company}', 'USER', 'admin', 'API_CALL', 'DATA_MODIFICATION', 'adm.organizations.create', gen_random_uuid(), 'adm.organizations', 'CREATE', 'SUCCESS', '{{\"after\": {{}}}}', now());\n"
            "COMMIT;"
        )
        base = self.pgbench(insert)
        same, same_in_one = self.pgbench(*(self.same_insert(tenant) for tenant, _ in tenants)), self.pgbench(self.same_insert(company))
        mixed, one = self.wrk(self.create_lua(tokens, "mixed")), self.wrk(self.create_lua([token], "one"))
        self.row("create with number, audit, event; 64 companies", mixed, same, "pgbench doing the same", target="≥ 60 %")
        self.row("create, all in one company", one, same_in_one, "pgbench doing the same", target="≥ 40 %")
        self.row("create; 64 companies, against row and audit row only", mixed, base)
        self.row("create, all in one company, against row and audit row only", one, base)
        self.row("create, 64 connections", self.wrk(self.create_lua(tokens, "many"), 64), same, "pgbench doing the same")
        numbers = self.psql("tnnt", f"SELECT count(*) - count(DISTINCT no) FROM adm_organizations WHERE tenant_id = '{company}'")
        self.fact("numbers given twice", numbers, "0")
        self.refresh()
        self.sign_in(64, self.get_lua([token], total))
        self.money(tenants, total)
        self.stop_cxg()
        self.audit(company, settings)
        self.stop_postgres()

    def some(self):
        """Only what `--only sign-in`, `audit`, `import` or `money` asks for, over few rows."""
        self.start_postgres()
        url = f"postgres://cxg@127.0.0.1:{PG_PORT}"
        settings = {"CXG_MANAGER_DATABASE_URL": f"{url}/mgmt", "CXG_TENANT_DATABASE_URL": f"{url}/tnnt", "CXG_SECRET_KEY": "b" * 40}
        self.start_cxg(**settings)
        tenants = self.companies(64 if self.options.only == "money" else 16)
        self.fill(tenants, 1, 10_000)
        if self.options.only == "money":
            self.money(tenants, self.options.rows)
        if self.options.only == "sign-in":
            self.refresh()
            self.sign_in(16, self.get_lua([tenants[0][1]], 10_000))
        self.stop_cxg()
        if self.options.only == "audit":
            self.audit(tenants[0][0], settings)
        if self.options.only == "import":
            self.start_cxg(**settings)
            self.imported("PostgreSQL", tenants[0][1])
            self.stop_cxg()
        self.stop_postgres()
        if self.options.only == "import":
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            self.start_cxg()
            self.imported("SQLite", self.companies(1)[0][1])
            self.stop_cxg()
        if self.options.only == "money":
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            self.start_cxg()
            self.money_on_sqlite(self.companies(8), self.options.rows)
            self.stop_cxg()

    def imported(self, database, token, rows=100_000):
        """A file of customers, and searches among them."""
        lines = (f'C-{n:06},주식회사 한빛 {n},02-1234-{n % 10_000:04},"1,{n % 1000:03}"\n' for n in range(rows))
        file = ("코드,이름,전화번호,여신한도\n" + "".join(lines)).encode()
        path = "/api/v1/tenants/crm/customers"
        headers = {"authorization": f"Bearer {token}", "content-type": "text/csv"}
        begin = time.perf_counter()
        request = urllib.request.Request(f"{BASE}{path}/import", method="POST", headers=headers, data=file)
        with opener.open(request, timeout=120) as answer:
            batch = json.load(answer)["data"]
        while batch["state"] in ("PENDING", "RUNNING"):
            time.sleep(0.1)
            batch = call("GET", f"{path}/import/{batch['id']}", token=token)["data"]
        took = time.perf_counter() - begin
        if batch["created"] != rows:
            sys.exit(f"not all rows were imported: {batch}")
        self.fact(f"{database}: {rows:,} customers imported from CSV", f"{took:.1f} s", "60 s")
        call("POST", path, {"code": "RARE", "name": "나눔상사"}, token)
        for typed in ("한빛", "ㅎㅂ", "나눔", "ㄴㄴㅅㅅ"):
            times = []
            for _ in range(40):
                begin = time.perf_counter()
                call("GET", f"{path}?search={urllib.parse.quote(typed)}", token=token)
                times.append((time.perf_counter() - begin) * 1000)
            self.fact(f"{database}: search {typed} among them, with total, p95", f"{sorted(times)[37]:.0f} ms", "50 ms")

    def sqlite(self):
        self.start_cxg()
        self.stop_cxg()
        self.fact("SQLite: start to first ready answer", f"{self.start_cxg():.0f} ms", "100 ms")
        self.fact("SQLite: idle memory", f"{self.rss():.0f} MB", "40 MB")
        tenants = self.companies(2)
        company, token = tenants[0]
        database = self.folder / "data/tnnt.db"
        blob = company.replace("-", "")
        total = min(self.options.rows, 1_000_000)
        mine = bytes.fromhex(blob)
        others = [bytes.fromhex(f"000000000000400080000000000000{n:02x}") for n in range(COMPANIES)]
        began = calendar.timegm((2020, 1, 1, 0, 0, 0))

        def rows():
            for r in range(1, total + 1):
                at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(began + r)) + ".000000001Z"
                owner = others[r % COMPANIES] if r % COMPANIES else mine
                yield (bytes.fromhex(f"00000000000070008000{r:012x}"), owner, r, f"거래처 {r}", f"거래처 {r}", f"메모 {r}", f"C{r}", "서울특별시 중구 세종대로 110", at)

        with contextlib.closing(sqlite3.connect(database, timeout=60)) as direct:
            direct.executemany(
                "INSERT INTO adm_organizations (id, tenant_id, no, name, name_key, description, code, address1, phone, row_version, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '02-1234-5678', 1, ?)",
                rows(),
            )
            direct.execute(
                "INSERT INTO adm_document_series (id, tenant_id, series, period, last_no, created_at) "
                "VALUES (randomblob(16), ?, 'adm_organizations', '', ?, '2026-01-01T00:00:00.000000001Z')",
                (mine, total),
            )
            direct.commit()
            direct.execute("ANALYZE")
            direct.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.row(f"SQLite: GET by id, {total:,} rows", self.wrk(self.get_lua([token], total)), target="≥ 6,000/s")
        self.row("SQLite: list of 20 with total", self.wrk(self.fixed_lua(token, "/api/v1/tenants/adm/organizations")))
        self.row("SQLite: create with number, audit, event, FULL", self.wrk(self.create_lua([token], "lite")), target="≥ 400/s")
        self.wrk(self.get_lua([token], total), 64, 4)
        self.fact("SQLite: memory at 64 connections", f"{self.rss():.0f} MB", "64 MB")
        self.money_on_sqlite(tenants, total)
        self.stop_cxg()

    def login_lua(self, companies):
        """Sign-ins of many accounts: those of one account wait for each other."""
        login = json.dumps({"tenant": "bench%d", "username": "admin", "password": PASSWORD})
        return f"""
            local n = 0
            request = function()
              n = n + 1
              local body = string.format('{login}', n % {companies})
              return wrk.format("POST", "/api/v1/tenants/auth/login", {{ ["Content-Type"] = "application/json" }}, body)
            end"""

    def hash_seconds(self, runs=20):
        """One argon2id hash with our parameters by the reference program, in seconds of a core; each run hashes and compares."""
        command = ["argon2", "sixteen-bytes-of", "-id", "-t", "2", "-k", "19456", "-p", "1", "-l", "32"]
        spent = lambda: (lambda used: used.ru_utime + used.ru_stime)(resource.getrusage(resource.RUSAGE_CHILDREN))
        before = spent()
        for _ in range(runs):
            subprocess.run(command, check=True, capture_output=True, input=PASSWORD.encode())
        return (spent() - before) / runs / 2

    def sign_in(self, companies, quiet_lua):
        lua = self.login_lua(companies)
        ideal = os.cpu_count() / self.hash_seconds()
        self.row("sign-ins, 16 at once", self.wrk(lua, 16), ideal, "cores ÷ time of one argon2 hash", "≥ 85 %")
        quiet = self.wrk(quiet_lua)
        script = self.folder / "login.lua"
        script.write_text(lua)
        background = subprocess.Popen(["wrk", "-t1", "-c4", f"-d{self.options.seconds + 2}", "-s", str(script), BASE], stdout=subprocess.DEVNULL)
        time.sleep(1)
        busy = self.wrk(quiet_lua)
        background.wait()
        self.row("GET while four sign in", busy, quiet[0], "the quiet rate", f"≥ 40 %, p99 ≤ {3 * quiet[2]:.1f} ms")
        self.wrk(lua, 200, 4)
        self.fact("memory after 200 sign-ins at once", f"{self.rss():.0f} MB", "128 MB")

    def refresh(self, clients=16):
        """Each client exchanges the tokens of a family of its own; beside it pgbench locks and changes the same kind of row."""
        families = []
        for n in range(clients):
            login = {"tenant": f"bench{n}", "username": "admin", "password": PASSWORD}
            families.append(call("POST", "/api/v1/tenants/auth/login", login)["data"]["refresh_token"])
        lua = f"""
            local families, started = {{ {", ".join(f'"{token}"' for token in families)} }}, 0
            function setup(thread)
              started = started + 1
              thread:set("family", families[started])
            end
            function request()
              local body = '{{"refresh_token": "' .. family .. '"}}'
              return wrk.format("POST", "/api/v1/tenants/auth/refresh", {{ ["Content-Type"] = "application/json" }}, body)
            end
            function response(status, headers, body)
              family = body:match('"refresh_token":"([^"]+)"') or family
            end"""
        sessions = self.psql("tnnt", f"SELECT tenant_id || ' ' || id FROM adm_sessions ORDER BY created_at DESC LIMIT {clients}").split("\n")
        # one session a client, by pgbench's number of the client
        self.psql("tnnt", "CREATE TABLE bench_sessions (n int PRIMARY KEY, tenant_id uuid, id uuid)")
        for n, line in enumerate(sessions):
            tenant, session = line.split()
            self.psql("tnnt", f"INSERT INTO bench_sessions VALUES ({n}, '{tenant}', '{session}')")
        of_client = "FROM bench_sessions WHERE n = :client_id"
        exchange = (
            "BEGIN;\n"
            "SELECT s.refresh_hash, s.refresh_previous_hash, s.refreshed_at, s.expires_at, u.status FROM adm_sessions s JOIN adm_users u "
            f"ON u.tenant_id = s.tenant_id AND u.id = s.user_id WHERE (s.tenant_id, s.id) = (SELECT tenant_id, id {of_client}) FOR UPDATE OF s;\n"
            "UPDATE adm_sessions SET refresh_previous_hash = refresh_hash, refresh_hash = sha256(refresh_hash), "
            "refresh_generation = refresh_generation + 1, refreshed_at = now(), last_activity_at = now() "
            f"WHERE (tenant_id, id) = (SELECT tenant_id, id {of_client});\n"
            "COMMIT;"
        )
        measured = self.wrk(lua, clients, threads=clients)
        used = self.psql("tnnt", "SELECT count(*) FROM adm_sessions WHERE ended_reason = 'refresh_reused'")
        base = self.pgbench(exchange, clients=clients)
        self.row("refreshes, 16 families", measured, base)
        self.fact("families ended as stolen", used, "0")
        self.psql("tnnt", "DROP TABLE bench_sessions")

    def audit(self, company, settings):
        """Rows that wait for their place in the chain; then the whole chain verified from its first row."""
        rows = self.options.audit_rows
        self.psql(
            "tnnt",
            "INSERT INTO audt_audit_logs (id, tenant_id, actor_kind, actor_name, event_type, event_category, description, request_id, target, "
            "action_performed, result, extra_data, created_at) "
            f"SELECT gen_random_uuid(), '{company}', 'USER', 'admin', 'API_CALL', 'DATA_MODIFICATION', 'adm.organizations.update', gen_random_uuid(), "
            f"'adm.organizations', 'UPDATE', 'SUCCESS', '{{\"before\": {{\"name\": \"거래처\"}}, \"after\": {{\"name\": \"거래처 2\"}}}}', "
            f"now() + r * interval '1 microsecond' FROM generate_series(1, {rows}) r",
            "INSERT INTO outbox (id, tenant_id, kind, aggregate_id, payload, request_id, created_at) "
            f"VALUES (gen_random_uuid(), '{company}', 'bench.rows.written', gen_random_uuid(), '{{}}', gen_random_uuid(), now())",
            "VACUUM ANALYZE audt_audit_logs",
        )
        environment = self.environment(settings)
        log = open(self.folder / "work.log", "ab")
        begin = time.perf_counter()
        self.server = subprocess.Popen([CXG, "work"], env=environment, stdout=log, stderr=log)
        waiting = f"SELECT count(*) FROM audt_audit_logs WHERE tenant_id = '{company}' AND chain_no IS NULL"
        copied = f"SELECT count(*) FROM audt_audit_logs WHERE tenant_id = '{company}'"
        here = self.psql("tnnt", copied)
        chained = None
        while chained is None or self.psql("mgmt", copied) != here:
            if chained is None and self.psql("tnnt", waiting) == "0":
                chained = time.perf_counter() - begin
            if time.perf_counter() - begin > 600 or self.server.poll() is not None:
                sys.exit(f"the worker does not come to an end: {(self.folder / 'work.log').read_text()[-2000:]}")
            time.sleep(0.05)
        both = time.perf_counter() - begin
        self.fact("audit rows chained by `cxg work`", f"{rows / chained:.0f} /s")
        self.fact("audit rows chained and copied to the provider", f"{rows / both:.0f} /s")
        self.stop_cxg()
        begin = time.perf_counter()
        told = subprocess.run([CXG, "audit", "verify"], env=environment, check=True, capture_output=True, text=True).stdout
        took = time.perf_counter() - begin
        count = int(re.search(r"(\d+) rows are as they were written", told)[1])
        self.fact("audit rows verified by `cxg audit verify`", f"{count / took:.0f} /s")

def main():
    global CXG
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--audit-rows", type=int, default=50_000)
    parser.add_argument("--only", choices=["pg", "sqlite", "sign-in", "audit", "import", "money"])
    parser.add_argument("--binary", type=pathlib.Path, default=CXG)
    options = parser.parse_args()
    CXG = options.binary.resolve()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cxg-bench-"))
    folder.chmod(0o755)  # the user postgres must reach what is below
    bench = Bench(options, folder)
    try:
        bench.fact("size of the binary", f"{CXG.stat().st_size / 1e6:.1f} MB", "40 MB")
        if options.only in ("sign-in", "audit", "import", "money"):
            bench.some()
        if options.only in ("pg", None):
            bench.postgres()
            shutil.rmtree(folder / "data", ignore_errors=True)
        if options.only in ("sqlite", None):
            bench.sqlite()
        bench.table()
    finally:
        if bench.server and bench.server.poll() is None:
            bench.server.kill()
        if hasattr(bench, "data") and (bench.data / "postmaster.pid").exists():
            bench.stop_postgres()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
