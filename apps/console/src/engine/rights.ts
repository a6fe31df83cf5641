/** What rights are called: `crm.customers.read` → "고객: 조회". */
import type { RealmCode } from '@meta/types'
import { AREAS } from '@/hints/rights'
import { humanized } from '@/i18n/plain'
import { i18n } from '@/i18n'
import { domainName, index, isKorean, resourceName, verbName } from './resources'

/** The part of the program a right is of: a list, or what has none. */
export function areaName(realm: RealmCode, domain: string, name: string): string {
  const found = Object.entries(index).find(([, entry]) => entry.realm === realm && entry.domain === domain && entry.name === name)
  if (found) return resourceName(found[0])
  return (isKorean() ? AREAS[name]?.ko : AREAS[name]?.en) ?? humanized(name)
}

export function rightName(right: string): string {
  const [domain = '', name = '', action = ''] = right.split('.')
  const { t } = i18n.global
  if (right === '*') return t('rights.all')
  // roles of the provider's side are of its domains; both sides have names of their own
  const realm: RealmCode = Object.values(index).some((entry) => entry.realm === 'tenants' && entry.domain === domain) ? 'tenants' : 'manager'
  if (name && !action && name !== '*') return areaName(realm, domain, name)
  if (name === '*' || !name) return `${domainName(`${realm}.${domain}`)}: ${t('rights.all')}`
  return `${areaName(realm, domain, name)}: ${action === '*' ? t('rights.resource') : verbName(action)}`
}
