//! The code groups a company is born with. Those the platform counts on are its own; the others are the company's to change.

pub(super) struct Group {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) is_system: bool,
    pub(super) codes: &'static [(&'static str, &'static str)],
}

const fn system(code: &'static str, name: &'static str, codes: &'static [(&'static str, &'static str)]) -> Group {
    Group { code, name, is_system: true, codes }
}

const fn own(code: &'static str, name: &'static str, codes: &'static [(&'static str, &'static str)]) -> Group {
    Group { code, name, is_system: false, codes }
}

pub(super) const GROUPS: [Group; 5] = [
    system(
        "BANK",
        "은행",
        &[
            ("002", "산업은행"),
            ("003", "기업은행"),
            ("004", "국민은행"),
            ("007", "수협은행"),
            ("011", "농협은행"),
            ("020", "우리은행"),
            ("023", "SC제일은행"),
            ("031", "iM뱅크"),
            ("032", "부산은행"),
            ("034", "광주은행"),
            ("035", "제주은행"),
            ("037", "전북은행"),
            ("039", "경남은행"),
            ("045", "새마을금고"),
            ("048", "신협"),
            ("071", "우체국"),
            ("081", "하나은행"),
            ("088", "신한은행"),
            ("089", "케이뱅크"),
            ("090", "카카오뱅크"),
            ("092", "토스뱅크"),
        ],
    ),
    system("TAX_KIND", "과세 구분", &[("TAXABLE", "과세"), ("ZERO_RATED", "영세율"), ("EXEMPT", "면세")]),
    system(
        "PAYMENT_METHOD",
        "결제 수단",
        &[("CASH", "현금"), ("TRANSFER", "계좌이체"), ("CARD", "카드"), ("NOTE", "어음"), ("CHECK", "수표"), ("OFFSET", "상계")],
    ),
    own(
        "POSITION",
        "직위",
        &[
            ("STAFF", "사원"),
            ("ASSISTANT_MANAGER", "대리"),
            ("MANAGER", "과장"),
            ("DEPUTY_GENERAL_MANAGER", "차장"),
            ("GENERAL_MANAGER", "부장"),
            ("DIRECTOR", "이사"),
            ("CEO", "대표이사"),
        ],
    ),
    own("JOB_TITLE", "직책", &[("MEMBER", "팀원"), ("TEAM_LEAD", "팀장"), ("DIVISION_HEAD", "본부장")]),
];
