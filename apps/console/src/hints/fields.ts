/** Fields inside of JSON columns, which are in no schema by their own type: Korean and English. The document has the titles of all others. */
export const WORDS: Record<string, [ko: string, en: string]> = {
  alerts: ['경보', 'Alerts'],
  check: ['점검 항목', 'Check'],
  event: ['사건', 'Event'],
  evidence: ['근거', 'Evidence'],
  is_critical: ['심각', 'Critical'],
  keep_days: ['보존 일수', 'Days kept'],
  passed: ['통과', 'Passed'],
}
