/** What rights are of that is no list: names of parts of the program. */
export const AREAS: Record<string, { ko: string; en: string }> = {
  events: { ko: '소식', en: 'Events' },
  explain: { ko: '권한 확인', en: 'Explain rights' },
  'document-series': { ko: '문서 번호', en: 'Document numbers' },
  settings: { ko: '설정', en: 'Settings' },
  session: { ko: '로그인 세션', en: 'Sign-in' },
  sessions: { ko: '세션', en: 'Sessions' },
  mfa: { ko: '2단계 인증', en: 'Second factor' },
  password: { ko: '비밀번호', en: 'Password' },
  reports: { ko: '보고서', en: 'Reports' },
}
