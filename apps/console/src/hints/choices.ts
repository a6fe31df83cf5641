/** Korean for the words of enums. English is the word itself, in small letters. */
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
}

/** Korean for verbs: of actions (`POST /{id}/{verb}`) and of rights. */
export const VERBS: Record<string, string> = {
  acknowledge: '확인', activate: '사용', approve: '승인', archive: '보관', cancel: '취소', complete: '완료', confirm: '확정', create: '등록',
  deactivate: '사용 중지', delete: '삭제', end: '종료', export: '내보내기', invite: '다시 초대', lose: '실패 처리', merge: '병합', move: '단계 이동',
  post: '전기', publish: '게시', read: '조회', reopen: '다시 열기', replay: '재처리', 'reset-password': '비밀번호 재설정', reverse: '역분개',
  revoke: '회수', 'revoke-all': '모두 종료', rotate: '키 교체', start: '시작', submit: '제출', suspend: '정지', terminate: '계약 종료',
  update: '수정', verify: '검증', win: '성사 처리', convert: '전환', assign: '배정',
}

/** What is hard to take back: the button is red, and one is asked. */
export const GRAVE = new Set(['delete', 'revoke', 'revoke-all', 'suspend', 'terminate', 'deactivate', 'archive', 'end', 'lose', 'cancel', 'reverse'])

/** Korean for what happened, in the names of events. */
export const PAST: Record<string, string> = {
  accepted: '수락', activated: '사용 재개', approved: '승인', archived: '보관', closed: '종료', completed: '완료', created: '등록', deactivated: '사용 중지',
  deleted: '삭제', ended: '종료', granted: '부여', invited: '초대', locked: '잠김', lost: '실패', merged: '병합', moved: '단계 이동', opened: '시작',
  published: '게시', refused: '거절', reopened: '다시 열림', restored: '복원', revoked: '회수', rotated: '교체', submitted: '제출', suspended: '정지',
  terminated: '계약 종료', updated: '수정', verified: '검증', won: '성사', changed: '변경', failed: '실패', provisioned: '준비 완료', confirmed: '확정',
}
