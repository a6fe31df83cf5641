/** The latest events. The API hands them out from the oldest on, so the number of the last one is asked first. */
import type { Entry, RealmCode } from '@meta/types'
import { Problem } from '@/api/http'
import { useSession } from '@/api/session'
import { index, resourceName } from '@/engine/resources'
import type { components } from '@generated/api'
import { PAST, THINGS } from '@/hints/choices'
import { humanized } from '@/i18n/plain'
import { language } from '@/i18n/language'

export type Event = components['schemas']['Event']
type EventPage = components['schemas']['EventPage']

const FEW = 30

export const eventsRight = (realm: RealmCode): string => (realm === 'tenants' ? 'adm.events.read' : 'audt.events.read')

export async function latestEvents(realm: RealmCode): Promise<Event[]> {
  const session = useSession()
  const path = `/api/v1/${realm}/${realm === 'tenants' ? 'adm' : 'audt'}/events`
  const ask = async (query: Record<string, string | number>): Promise<EventPage> => (await session.call<EventPage>('GET', path, { query })).data
  // there are none of this kind: the answer is the number of the last of all
  const { next_after: last } = await ask({ kind: 'none.none', limit: 1 })
  try {
    return (await ask({ after: Math.max(0, last - FEW), limit: FEW })).items.reverse()
  } catch (error) {
    if (!(error instanceof Problem) || typeof error.detail.first !== 'number') throw error
    return (await ask({ after: error.detail.first - 1, limit: FEW })).items.reverse()
  }
}

/** `adm.user.created` → "사용자 등록". */
export function eventName(realm: RealmCode, kind: string): string {
  const [domain = '', thing = '', verb = ''] = kind.split('.')
  const key = keyOf(realm, domain, thing)
  if (language.value === 'ko') return `${key ? resourceName(key) : (THINGS[thing] ?? humanized(thing))} ${PAST[verb] ?? humanized(verb)}`
  return `${humanized(thing)} ${humanized(verb).toLowerCase()}`
}

export function keyOf(realm: RealmCode, domain: string, thing: string): string | undefined {
  const noun = thing.replaceAll('_', ' ')
  const isMeant = ([, entry]: [string, Entry]): boolean => entry.realm === realm && entry.domain === domain && entry.noun?.singular.toLowerCase() === noun
  return Object.entries(index).find(isMeant)?.[0]
}
