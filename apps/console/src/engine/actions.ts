/** What can be done with a row in the state it is in, in the order in which one does it. */
import type { Action, Resource } from '@meta/types'
import { Problem, type Row } from '@/api/http'
import { useSession } from '@/api/session'
import { GRAVE } from '@/hints/choices'
import { DOCUMENTS } from '@/hints/documents'
import { same } from './form'
import { index } from './resources'

export function possible(resource: Resource, row: Row): Action[] {
  const session = useSession()
  const realm = index[resource.key]?.realm
  if (!realm) return []
  const hint = DOCUMENTS[resource.key]
  const not = hint?.not?.(row) ?? []
  const state = String(row.status ?? '')
  const place = (action: Action): number => {
    const at = hint?.order?.indexOf(action.verb) ?? -1
    return at >= 0 ? at : GRAVE.has(action.verb) ? 200 : action.to ? 100 : 150
  }
  return resource.actions
    .filter((action) => session.can(realm, action.right) && !not.includes(action.verb))
    .filter((action) => (action.from.length === 0 || action.from.includes(state)) && action.to !== state)
    .sort((one, other) => place(one) - place(other))
}

/** The one that comes next: of the hints, or what leads on; never what is hard to take back. */
export function nextOf(resource: Resource, actions: Action[]): Action | undefined {
  const order = DOCUMENTS[resource.key]?.order
  return actions.find((action) => !GRAVE.has(action.verb) && (order ? order.includes(action.verb) : action.to !== undefined))
}

export const isEditable = (key: string, row: Row): boolean => DOCUMENTS[key]?.editableIn?.includes(String(row.status)) ?? true

export interface Outcome {
  row: Row
  etag: string | null
  /** Somebody had done it before: nothing was changed now. */
  wasDone: boolean
}

/** Somebody changed the row since it was read, in a way that one should look at. */
export class Overtaken extends Error {
  constructor(
    readonly row: Row,
    readonly etag: string | null,
  ) {
    super('')
  }
}

const OF_THE_SYSTEM = new Set(['updated_at', 'updated_by'])

/** Whether two readings of a row say the same, but for who touched it when. */
export function isAlike(one: Row, other: Row): boolean {
  const names = Object.keys({ ...one, ...other }).filter((name) => !OF_THE_SYSTEM.has(name))
  return names.every((name) => same(one[name] ?? null, other[name] ?? null))
}

/** Performs an action on the row that was read. A version that changed without a difference is no reason to refuse. */
export async function perform(resource: Resource, action: Action, row: Row, etag: string | null, body: Row, key: string): Promise<Outcome> {
  const session = useSession()
  const path = `${resource.path}/${String(row.id)}`
  const send = (version: string | null, idempotencyKey: string) => session.call<Row>('POST', `${path}/${action.verb}`, { body, ifMatch: version, idempotencyKey })
  try {
    const answer = await send(etag, key)
    // a version that stayed means that the state was reached before
    return { row: answer.data, etag: answer.etag, wasDone: etag !== null && answer.etag === etag }
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error
    const now = await session.call<Row>('GET', path)
    if (action.to && now.data.status === action.to) return { row: now.data, etag: now.etag, wasDone: true }
    if (!isAlike(now.data, row)) throw new Overtaken(now.data, now.etag)
    const answer = await send(now.etag, `${key}-again`)
    return { row: answer.data, etag: answer.etag, wasDone: false }
  }
}
