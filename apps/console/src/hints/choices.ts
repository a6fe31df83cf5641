/**
 * Korean for the words of enums; one that means something else in a field stands as `<field>.<word>`, in one resource as
 * `<resource key>.<field>.<word>`. English is the word itself, in small letters.
 */
export const CHOICES: Record<string, string> = {
  CLOSING: '계약 진행', COD: '현금 인도', COMPETITOR: '경쟁사', CONTACT: '고객 담당자', DEMO: '시연', FOLLOW_UP: '후속 조치', HALF_UP: '반올림', DOWN: '버림',
  UP: '올림', LINE: '행별', DOCUMENT: '전표별', NORMAL: '보통', NO_ANSWER: '부재', NO_BUDGET: '예산 부족', NO_DECISION: '결정 보류', OPPORTUNITY: '영업 기회',
  PARTNER: '거래처', PREPAID: '선불', PRICE: '가격', QUALIFIED: '검증', RESCHEDULED: '일정 변경', SUCCESSFUL: '성공', TIMING: '시기', UNSUCCESSFUL: '실패',
  BILLING: '청구', WARN: '경고', BLOCK: '차단', IGNORE: '무시', SUCCESS: '성공', DECISION_MAKER: '의사결정자', PRIMARY: '대표', PURCHASING: '구매', SALES: '영업', TECHNICAL: '기술', USER: '사용자',
  ACCESS_CONTROL: '접근 통제', ACKNOWLEDGED: '확인됨', ACTIVE: '사용 중', ALL: '전체', ALL_TENANTS: '모든 고객사', APPROVED: '승인됨', ARCHIVED: '보관됨',
  AREA: '면적', AUTHENTICATION: '인증', AUTHORIZATION: '인가', AVERAGE: '평균', BOOLEAN: '예/아니요', BUYING: '매입', C: '법인', CALL: '통화',
  CANCELLED: '취소됨', CHOICE: '선택', CLOSED: '폐쇄', COMPANY: '기업', COMPLETED: '완료', COMPLIANCE: '규정 준수', COMPLIANT: '준수',
  CONFIGURATION: '설정', COUNT: '개수', CREATE: '등록', CUSTOM: '사용자 정의', CUSTOMER: '고객', BOTH: '고객·공급사', SUPPLIER: '공급사',
  CUSTOMS: '관세', DATA_MIGRATION: '자료 이전', DATA_PROTECTION: '자료 보호', DATA_RETENTION: '자료 보존', DAYS: '일수', DAY_OF_MONTH: '지정일',
  DEAD: '실패', DELETE: '삭제', DONE: '완료', DRAFT: '초안', ELECTION: '선거일', EMAIL: '이메일', ENCRYPTION: '암호화', END_OF_MONTH: '말일',
  ENTERPRISE: '엔터프라이즈', EXECUTE: '실행', EXPIRED: '만료', FAILED: '실패', FAILED_LOGIN: '로그인 실패', FOLLOWING: '다음 영업일',
  GLOBAL: '전역', INACTIVE: '사용 안 함', INCIDENT_RESPONSE: '사고 대응', INITIAL_SETUP: '초기 설정', INTEGER: '정수', INVITED: '초대됨',
  IN_PROGRESS: '진행 중', LENGTH: '길이', LIST: '목록', LOCKED: '잠김', LOGIN: '로그인', LOGOUT: '로그아웃', LOST: '실패', MANAGE: '관리',
  MANAGER_ADMIN: '운영 관리자', MANDATORY: '필수', MASTER: '운영자', MEETING: '회의', MONITORING: '감시', NEGOTIATION: '협상',
  NETWORK_SECURITY: '네트워크 보안', NONE: '없음', NON_COMPLIANT: '미준수', NOTE: '메모', OPEN: '진행 중', OPTIONAL: '선택', OTHER: '기타',
  PARTIAL: '부분', PASSWORD: '비밀번호', PASSWORD_RESET: '비밀번호 재설정', PENDING: '대기', PENDING_APPROVAL: '승인 대기',
  PENDING_REVIEW: '검토 대기', PLANNED: '예정', PLATFORM_SUPPORT: '플랫폼 지원', PRECEDING: '이전 영업일', PREMIUM: '프리미엄', PROPOSAL: '제안',
  PROSPECTING: '발굴', PUBLIC: '공휴일', PUBLISHED: '게시됨', QUALIFICATION: '검증', READ: '조회', RECOMMENDED: '권장', REGISTRATION: '가입',
  REPLAYED: '재처리됨', REVOKED: '회수됨', S: '개인', SCHEMA_CREATION: '스키마 생성', SELLING: '매도', SPECIFIC_TENANT: '특정 고객사',
  SPOT: '현물', STANDARD: '표준', SUBSTITUTE: '대체공휴일', SUSPENDED: '정지', SYSTEM: '시스템', SYSTEM_WIDE: '시스템 전체', TASK: '할 일',
  TEMPORARY: '임시공휴일', TENANT: '고객사', TENANT_ADMIN: '고객사 관리자', TENANT_USER: '고객사 사용자', TERMINATED: '계약 종료', TEXT: '문자',
  TIME: '시간', TRIAL: '체험', UPDATE: '수정', VOLUME: '부피', VISIT: '방문', WEIGHT: '무게', WON: '성사', WORKING: '근무일', LEAD: '잠재',
  HIGH: '높음', MEDIUM: '보통', LOW: '낮음', URGENT: '긴급', PROSPECT: '가망', BLOCKED: '거래 중지',
  GDPR: 'GDPR', SOX: 'SOX', HIPAA: 'HIPAA', ISO27001: 'ISO 27001', PCI_DSS: 'PCI DSS', CCPA: 'CCPA', ACCOUNTING: '회계', MANAGEMENT: '경영',
  HEADQUARTER: '본사', BRANCH: '지점', WAREHOUSE: '창고', FACTORY: '공장', SHIPPING: '배송지', CHECKING: '입출금', SAVINGS: '저축', FOREIGN_CURRENCY: '외화',
  ESCROW: '에스크로', TRUST: '신탁', NET7: '7일 이내', NET15: '15일 이내', NET30: '30일 이내', NET45: '45일 이내', NET60: '60일 이내', NET90: '90일 이내',
  SECONDARY: '부담당', BACKUP: '대리 담당', SUPPORT: '지원', ASSET: '자산', LIABILITY: '부채', EQUITY: '자본', REVENUE: '수익', EXPENSE: '비용', CASH: '현금',
  BANK: '예금', RECEIVABLE: '받을 금액', OTHER_RECEIVABLE: '미수금', ADVANCE_PAID: '선급금', VAT_IN: '부가세대급금', STOCK: '재고자산', PAYABLE: '줄 금액',
  OTHER_PAYABLE: '미지급금', VAT_OUT: '부가세예수금', VAT_PAYABLE: '미지급세금', WITHHOLDING: '예수금', ADVANCE_RECEIVED: '선수금', GR_IR: '입고 미착 계산서',
  CAPITAL: '자본금', RETAINED_EARNINGS: '이익잉여금', SERVICE_SALES: '용역 매출', COST_OF_GOODS: '매출원가', PRICE_VARIANCE: '가격 차이', STOCK_DIFFERENCE: '재고 차이',
  FEES: '수수료', BAD_DEBT: '대손상각비', ROUNDING: '단수 차이', FX_GAIN: '외환차익', FX_LOSS: '외환차손', UNREALISED_FX_GAIN: '외화환산이익',
  UNREALISED_FX_LOSS: '외화환산손실', UNMATCHED: '미확인', MATCHED: '대사됨', EXPLAINED: '사유 기재', FINISHED: '완료', PAYMENT: '출금', ITEM: '미결 항목',
  MANUAL: '직접 작성', CLEARING: '대손·상계', WRITE_OFF: '대손·단수 정리', NETTING: '상계', POSTED: '전기됨', REVERSED: '역분개됨', PURCHASE: '매입', TAX: '세금계산서', CREDIT_NOTE: '차감 계산서',
  DEBIT_NOTE: '추가 계산서', MODIFIED: '수정 세금계산서', REVERSE: '역발행', IMPORT: '수입', ZERO_RATE: '영세율', BUSINESS_UNRELATED: '사업 무관', PASSENGER_CAR: '승용차',
  ENTERTAINMENT: '기업업무추진비', EXEMPT_BUSINESS: '면세사업', LAND: '토지', BEFORE_REGISTRATION: '등록 전', DEFECTIVE_INVOICE: '계산서 불비', TAXABLE: '과세',
  ZERO_RATED: '영세율', EXEMPT: '면세', ISSUED: '발행됨', SENT: '전송됨', CONFIRMED: '확인됨', WAITING: '전송 대기', SENDING: '전송 중', SUCCEEDED: '전송 성공',
  ADMIN_ACTION: '관리 작업', API_CALL: 'API 호출', SYSTEM_CHANGE: '시스템 변경', DATA_MODIFICATION: '자료 변경', DATA_ACCESS: '자료 조회', SECURITY_EVENT: '보안 사건',
  API_KEY: 'API 키', STAFF: '운영자 직원', FAILURE: '실패', CRITICAL: '심각', TABLE: '자료', USER_ACCOUNT: '사용자 계정', TENANT_SETTINGS: '고객사 설정',
  USER_NOT_FOUND: '없는 사용자', INVALID_PASSWORD: '비밀번호 불일치', INACTIVE_ACCOUNT: '사용할 수 없는 계정', ACCOUNT_LOCKED: '잠긴 계정',
  INVALID_CODE: '인증 코드 불일치', TENANT_NOT_FOUND: '없는 회사', TOTP: '인증 앱', RECOVERY_CODE: '복구 코드',
  VENDOR: '공급처', EMPLOYEE: '직원', BANK_TRANSFER: '계좌이체', CREDIT_CARD: '신용카드', DEBIT_CARD: '체크카드', CHECK: '수표', VIRTUAL_ACCOUNT: '가상계좌',
  MOBILE_PAYMENT: '간편결제', RECEIPT: '입금', SOFT_CLOSED: '임시 마감', GENERAL: '일반', PAYROLL: '급여', ADJUSTMENT: '조정', 'role.RECEIVABLE': '외상매출금',
  'role.PAYABLE': '외상매입금', 'je_type.SALES': '매출', 'je_type.CLOSING': '결산', 'je_type.PAYMENT': '출금', 'direction.SALES': '매출',
  'against_type.PAYMENT': '입출금', 'issue_type.NORMAL': '정발행', 'role.SALES': '상품 매출', 'role.ROUNDING': '단수 차이',
  'tenants.fim.periods.status.OPEN': '열림', 'tenants.fim.periods.status.CLOSED': '마감', 'tenants.fim.budgets.status.CLOSED': '마감',
  'tenants.fim.invoices.transmission_status.FAILED': '전송 실패',
}

/** Korean for verbs: of actions (`POST /{id}/{verb}`) and of rights; of one resource as `<resource key>.<verb>`. */
export const VERBS: Record<string, string> = {
  acknowledge: '확인', activate: '사용', approve: '승인', archive: '보관', cancel: '취소', complete: '완료', confirm: '확정', create: '등록',
  deactivate: '사용 중지', delete: '삭제', end: '종료', export: '내보내기', invite: '다시 초대', lose: '실패 처리', merge: '병합', move: '단계 이동',
  post: '전기', publish: '게시', read: '조회', reopen: '다시 열기', replay: '재처리', 'reset-password': '비밀번호 재설정', reverse: '역분개',
  revoke: '회수', 'revoke-all': '모두 종료', rotate: '키 교체', start: '시작', submit: '제출', suspend: '정지', terminate: '계약 종료',
  update: '수정', verify: '검증', win: '성사 처리', convert: '전환', assign: '배정',
  close: '마감', unmerge: '병합 취소', explain: '사유 기재', finish: '대사 완료', match: '대사', unmatch: '대사 취소', amend: '수정 발행', issue: '발행', send: '전송',
  import: '가져오기', 'year-end': '연말 결산', allocate: '배분', fail: '실패 처리', unallocate: '배분 취소', 'soft-close': '임시 마감', 'reset-mfa': '2단계 인증 해제', 'issue-dated': '발행일 지정',
  'tenants.crm.customers.close': '거래 종료', 'tenants.adm.departments.close': '폐지',
}

/** What was done, where the verb with "했습니다" does not say it. */
export const DONE: Record<string, string> = { reopen: '다시 열었습니다', invite: '다시 초대했습니다', activate: '사용으로 바꿨습니다', rotate: '키를 교체했습니다', 'revoke-all': '모두 종료했습니다' }

/** English of the same, where it is not the verb with "ed". */
export const DONE_EN: Record<string, string> = {
  send: 'Sent', win: 'Won', lose: 'Marked as lost', submit: 'Submitted', 'reset-password': 'Password reset', 'reset-mfa': 'Second factor reset',
  'revoke-all': 'All ended', 'soft-close': 'Soft closed', cancel: 'Cancelled', verify: 'Verified',
}

/** What is hard to take back: the button is red, and one is asked. */
export const GRAVE = new Set([
  'delete', 'revoke', 'revoke-all', 'suspend', 'terminate', 'deactivate', 'archive', 'end', 'lose', 'cancel', 'reverse', 'reset-mfa',
])

/** Korean for what happened, in the names of events. */
export const PAST: Record<string, string> = {
  accepted: '수락', activated: '사용 재개', approved: '승인', archived: '보관', closed: '종료', completed: '완료', created: '등록', deactivated: '사용 중지',
  deleted: '삭제', ended: '종료', granted: '부여', invited: '초대', locked: '잠김', lost: '실패', merged: '병합', moved: '단계 이동', opened: '시작',
  published: '게시', refused: '거절', reopened: '다시 열림', restored: '복원', revoked: '회수', rotated: '교체', submitted: '제출', suspended: '정지',
  terminated: '계약 종료', updated: '수정', verified: '검증', won: '성사', changed: '변경', failed: '실패', provisioned: '준비 완료', confirmed: '확정',
  acknowledged: '확인', active: '활성', allocated: '배분', amended: '수정 발행', cancelled: '취소', disabled: '해제', dismissed: '무시', enabled: '사용',
  enrolled: '등록 시작', exceeded: '초과', explained: '사유 기재', finished: '대사 완료', imported: '가져옴', import_requested: '가져오기 요청', import_finished: '가져오기 완료',
  import_undone: '가져오기 되돌림', import_reverted: '가져오기 취소됨', issued: '발행', matched: '대사', mfa_reset: '2단계 인증 해제', password_reset: '비밀번호 재설정',
  posted: '전기', raised: '발생', recorded: '기록', recovery_codes_renewed: '복구 코드 재발급', registered: '등록', replayed: '재처리', requested: '요청', reused: '재사용됨',
  reversed: '역분개', sent: '전송', sessions_revoked: '모든 세션 종료', soft_closed: '임시 마감', started: '시작', transmission_failed: '전송 실패', unallocated: '배분 취소',
  unmatched: '대사 취소', unmerged: '병합 취소',
}

/** What an event is about that has no list. */
export const THINGS: Record<string, string> = {
  account: '계정', credentials: '인증 정보', document_series: '문서 번호', impersonation: '대리 작업', mfa: '2단계 인증', password: '비밀번호', password_reset: '비밀번호 재설정',
  refresh: '로그인 연장', session: '로그인', setting: '설정', sign_in: '로그인', year: '회계연도',
}

/** Numbers with a meaning, by `<resource key>.<field>`: the law's reasons to amend a tax invoice. */
export const CODED: Record<string, Record<string, { ko: string; en: string }>> = {
  'tenants.fim.invoices.code': {
    1: { ko: '기재사항 착오·정정', en: 'Correction of an entry' },
    2: { ko: '공급가액 변동', en: 'Change of the supply amount' },
    3: { ko: '환입', en: 'Return of goods' },
    4: { ko: '계약의 해제', en: 'Cancellation of the contract' },
    5: { ko: '내국신용장 사후 개설', en: 'Local letter of credit opened later' },
    6: { ko: '착오에 의한 이중발급', en: 'Issued twice by mistake' },
  },
}
CODED['tenants.fim.invoices.amendment_code'] = CODED['tenants.fim.invoices.code'] ?? {}
