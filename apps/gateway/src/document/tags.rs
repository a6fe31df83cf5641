//! What stands under each tag, in both languages: in Korean first, as in the console.

use kernel::Realm;
use resource::Module;

/// The tags, and what their operations are about. One that is missing is called by its domain; a test says so.
const KNOWN: [(&str, &str, &str); 63] = [
    (
        "erp",
        "작은 ERP: 공통 응답 형식 없이 JSON만으로 답하는 회사 관리 API",
        "The small ERP: the company's data as bare JSON, without the envelope",
    ),
    ("manager.audt.alerts", "경보: 정책이 살피라고 한 일이 일어났음을 알림", "Alerts: something that a policy watches for has happened"),
    ("manager.audt.audit-logs", "감사 기록: 모든 변경과 거부, 바꿀 수 없음", "The audit log: every write and every refusal; never changed"),
    (
        "manager.audt.compliances",
        "규정 준수 점검: 운영 중인 플랫폼을 근거로 계산한 평가",
        "Assessments, computed from the running platform with their evidence",
    ),
    ("manager.audt.dead-letters", "실패한 이벤트: 여섯 번 시도해도 처리하지 못한 이벤트", "Events that a consumer failed on six times"),
    ("manager.audt.events", "운영사의 이벤트를 일어난 순서대로 읽기", "The provider's events, read in order"),
    (
        "manager.audt.policies",
        "정책: 감사 기록의 보존 기간과 경보 기준",
        "Policies: how long the audit log is kept, and what raises an alert",
    ),
    (
        "manager.auth",
        "운영자의 로그인, 2단계 인증, 비밀번호, 내 세션",
        "Signing in for the provider's people: second factor, password, own sessions",
    ),
    (
        "manager.home",
        "운영사의 첫 화면: 고객사, 로그인, 처리하지 못한 이벤트, 감사 기록",
        "The provider's first page: companies, sign-ins, dead letters, the audit",
    ),
    (
        "manager.idam.api-keys",
        "운영자의 API 키: 프로그램이 소유자 대신 쓰는 키",
        "API keys of the provider's people: a program acts as the key's owner",
    ),
    (
        "manager.idam.explain",
        "운영자에게 권한이 있는 이유, 또는 없는 이유",
        "Why one of the provider's people has a permission or lacks it",
    ),
    (
        "manager.idam.impersonations",
        "대리 작업: 고객사가 동의한 동안 그 사용자로 일한 기록",
        "Impersonations: staff acting as a company's user, with its consent",
    ),
    (
        "manager.idam.login-logs",
        "운영자의 로그인 기록: 성공과 실패",
        "The provider's sign-in log: who tried, from where, and what came of it",
    ),
    ("manager.idam.permissions", "운영사에서 줄 수 있는 권한의 목록", "The permissions there are on the provider's side"),
    ("manager.idam.role-permissions", "역할별 권한: 역할이 가진 권한", "Which permissions the provider's roles hold"),
    ("manager.idam.roles", "운영자의 역할: 권한의 묶음", "Roles of the provider's people: sets of permissions"),
    (
        "manager.idam.sessions",
        "운영자의 세션: 로그인부터 로그아웃까지",
        "Sessions of the provider's people: from sign-in to sign-out on one device",
    ),
    ("manager.idam.user-roles", "운영자에게 부여한 역할", "Which roles the provider's people have, and until when"),
    ("manager.idam.users", "운영자 계정: 플랫폼을 운영하는 사람", "The provider's people, who run the platform"),
    ("manager.tenants", "고객사: 플랫폼을 쓰는 회사와 그 상태", "Companies: the customers of the provider, and whether they are served"),
    (
        "tenants.adm.api-keys",
        "회사의 API 키: 프로그램이 소유자 대신 쓰는 키",
        "API keys of the company's people: a program acts as the key's owner",
    ),
    ("tenants.adm.calendar", "달력: 휴일과 영업일 계산", "The calendar: days off, and business days counted"),
    ("tenants.adm.code-groups", "코드 그룹: 공통 코드의 분류", "Groups of common codes"),
    ("tenants.adm.codes", "공통 코드: 회사가 정한 선택 목록의 값", "Common codes: the values of the company's own lists"),
    ("tenants.adm.currencies", "통화: 회사가 쓰는 통화와 소수 자릿수", "Currencies that the company uses, with their decimal places"),
    (
        "tenants.adm.departments",
        "부서: 날짜에 따라 달라지는 조직도",
        "Departments: a tree below the organizations, as it stands on each day",
    ),
    (
        "tenants.adm.document-series",
        "문서 번호 체계: 문서 번호의 형식과 다음 번호",
        "Document series: how numbers of documents look, and which comes next",
    ),
    ("tenants.adm.events", "회사의 이벤트를 일어난 순서대로 읽기", "The company's events, read in order"),
    ("tenants.adm.exchange-rates", "환율: 날짜별로 통화 사이의 값", "Exchange rates: what one currency is worth in another, from a day on"),
    ("tenants.adm.explain", "사용자에게 권한이 있는 이유, 또는 없는 이유", "Why one of the company's people has a permission or lacks it"),
    (
        "tenants.adm.holidays",
        "휴일: 공휴일과 다르게 쉬거나 일하는 날",
        "Days on which the company is off or works, other than the public calendar says",
    ),
    ("tenants.adm.login-logs", "로그인 기록: 성공과 실패", "The sign-in log: who tried, from where, and what came of it"),
    ("tenants.adm.organizations", "조직: 법인과 사업장", "Organizations: legal entities and sites of the company"),
    ("tenants.adm.payment-terms", "결제 조건: 지급 기한을 정하는 규칙", "Payment terms: when an invoice is due"),
    ("tenants.adm.roles", "역할: 권한의 묶음", "Roles of the company: sets of permissions"),
    ("tenants.adm.sessions", "세션: 로그인부터 로그아웃까지", "Sessions of the company's people: from sign-in to sign-out on one device"),
    ("tenants.adm.settings", "설정: 회사가 바꿀 수 있는 값과 기본값", "Settings of the company, each with its default"),
    (
        "tenants.adm.support-consents",
        "지원 동의: 운영사 직원의 대리 작업을 허락함",
        "Consents: the company lets the provider's staff act as one of its people",
    ),
    ("tenants.adm.unit-conversions", "단위 환산: 두 단위 사이의 비율", "Conversions between two units, as exact fractions"),
    ("tenants.adm.units", "단위: 수량을 세는 단위", "Units of measure"),
    ("tenants.adm.user-posts", "보직: 누가 언제부터 어느 부서에 있는지", "Posts: who works in which department, from a day on"),
    (
        "tenants.adm.user-roles",
        "역할 부여: 사용자에게 더 준 역할과 기한",
        "Further roles of the company's people, and until when they have them",
    ),
    ("tenants.adm.users", "사용자: 회사에서 로그인하는 사람", "The company's people, who sign in"),
    (
        "tenants.auth",
        "회사 사용자의 로그인, 2단계 인증, 비밀번호, 내 세션",
        "Signing in for a company's people: second factor, password, own sessions",
    ),
    ("tenants.crm.activities", "영업 활동: 고객과 한 통화, 방문, 할 일", "Activities: calls, visits and tasks with customers"),
    ("tenants.crm.contacts", "고객 담당자: 거래처의 사람", "Contacts: people at the company's partners"),
    (
        "tenants.crm.customers",
        "고객: 회사가 물건을 파는 거래처, 주소와 계좌와 담당 직원 포함",
        "Customers: partners the company sells to, with addresses, bank accounts and staff",
    ),
    (
        "tenants.crm.opportunities",
        "영업 기회: 단계를 거쳐 성사되거나 무산되는 거래",
        "Opportunities: possible sales on their way through stages",
    ),
    ("tenants.crm.partners", "거래처: 고객과 공급자를 가리지 않고 찾아보기", "Partners of every type, to look up"),
    ("tenants.fim.accounts", "계정과목: 회사의 계정과목표", "Accounts: the company's chart of accounts"),
    (
        "tenants.fim.bank-statements",
        "통장 거래내역: 은행의 거래와 장부를 맞춤",
        "Bank statements, their lines matched to payments and entries",
    ),
    ("tenants.fim.budgets", "예산: 계정, 부서, 월별로 쓸 수 있는 금액", "Budgets by account, department and month"),
    (
        "tenants.fim.clearings",
        "대손·상계 정리: 돈이 오가지 않고 끝난 미결 항목",
        "Clearings: open items written off, or set off against each other",
    ),
    ("tenants.fim.invoices", "세금계산서: 발행한 것과 받은 것", "Tax invoices, issued and received"),
    ("tenants.fim.open-items", "미결 항목: 아직 받거나 주지 않은 금액", "Open items: what of a document is not paid yet"),
    ("tenants.fim.payments", "입출금: 거래처와 주고받은 돈과 그 배분", "Payments and receipts, and which open items they settle"),
    ("tenants.fim.periods", "회계기간: 전기할 수 있는 달과 마감", "Periods: months that take postings while they are open"),
    ("tenants.fim.reports", "재무제표와 보고서, CSV와 XLSX로도 제공", "Statements and reports, also as CSV and XLSX"),
    (
        "tenants.fim.revaluations",
        "외화환산: 남은 외화 금액을 하루의 환율로 평가",
        "Revaluations: what is open in other currencies, at the rates of a day",
    ),
    ("tenants.fim.transactions", "전표: 차변과 대변이 같은 분개", "Journal entries: lines of debit and credit that balance"),
    (
        "tenants.fim.vat-settlements",
        "부가세 정산: 신고서와 장부가 맞는 과세기간",
        "VAT settlements: the taxes of a period, on which return and ledger agree",
    ),
    ("tenants.fim.verify", "장부 검증: 전표 체인과 합계", "Verifying the ledger: the chain of entries, and the stored totals"),
    (
        "tenants.home",
        "회사의 첫 화면: 자금, 채권·채무, 매출, 영업 현황, 기한, 할 일",
        "A company's first page: cash, claims and debts, sales, deals, deadlines, tasks",
    ),
];

/// What the operations of a tag such as `tenants.crm.customers` are about; of one that is new, its domain.
pub(super) fn described(name: &str, modules: &[Module]) -> Option<String> {
    if let Some((_, ko, en)) = KNOWN.iter().find(|(known, ..)| *known == name) {
        return Some(format!("{ko} · {en}"));
    }
    let (segment, rest) = name.split_once('.')?;
    let domain = rest.split('.').next();
    let module = modules.iter().find(|module| module.realm.segment() == segment && domain == Some(module.code))?;
    let side = if module.realm == Realm::Manager { "manager" } else { "tenant" };
    Some(format!("{} — {} ({side})", module.title, module.code))
}
