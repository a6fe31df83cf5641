/** Who is signed in, on each side; and calls in their name. */
import type { RealmCode } from '@meta/types'
import { defineStore } from 'pinia'
import { reactive, ref, shallowRef } from 'vue'
import type { components } from '@generated/api'
import { download, Problem, send, type Answer, type Method, type Options } from './http'
import { Tokens } from './tokens'

export type Me = components['schemas']['Me']
type SignIn = components['schemas']['SignIn']

export interface Credentials {
  tenant?: string
  username: string
  password: string
}

export const useSession = defineStore('session', () => {
  const me = reactive<Record<RealmCode, Me | null>>({ manager: null, tenants: null })
  /** Counts sessions that ended without being asked to: the frame watches it and goes to the sign-in. */
  const ended = ref(0)
  /** Somebody is asked for their second factor: the frame shows it. */
  const stepUp = shallowRef<{ realm: RealmCode; resolve: (shown: boolean) => void } | null>(null)
  const onEnd = (realm: RealmCode) => () => {
    me[realm] = null
    ended.value += 1
  }
  const tokens: Record<RealmCode, Tokens> = {
    manager: new Tokens('manager', onEnd('manager')),
    tenants: new Tokens('tenants', onEnd('tenants')),
  }

  /** Whether somebody is signed in on this side; asks the API once who it is. */
  async function restore(realm: RealmCode): Promise<boolean> {
    if (me[realm]) return true
    if (!(await tokens[realm].restore())) return false
    try {
      me[realm] = (await call<Me>('GET', `/api/v1/${realm}/auth/me`)).data
      return true
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return false
      throw error
    }
  }

  /** Answers a token where a second factor is wanted. */
  async function signIn(realm: RealmCode, credentials: Credentials): Promise<string | null> {
    return accept(realm, (await send<SignIn>('POST', `/api/v1/${realm}/auth/login`, { body: credentials })).data)
  }

  async function showCode(realm: RealmCode, mfaToken: string, code: string): Promise<void> {
    accept(realm, (await send<SignIn>('POST', `/api/v1/${realm}/auth/login/mfa`, { body: { mfa_token: mfaToken, code } })).data)
  }

  function accept(realm: RealmCode, answer: SignIn): string | null {
    if (answer.mfa_required) return answer.mfa_token ?? null
    tokens[realm].take(answer)
    me[realm] = answer.user ?? null
    return null
  }

  /** One of the staff begins to act as a company's user, in this tab. */
  async function act(started: { access_token: string; expires_in: number }): Promise<void> {
    tokens.tenants.take(started)
    me.tenants = null
    await restore('tenants')
  }

  async function signOut(realm: RealmCode): Promise<void> {
    // a session that could not be ended on the server is forgotten here all the same
    await call('POST', `/api/v1/${realm}/auth/logout`, { body: {} }).catch(() => undefined)
    tokens[realm].forget()
    me[realm] = null
  }

  /** A call in the name of whoever is signed in on the side the path belongs to. */
  async function call<T>(method: Method, path: string, options: Options = {}): Promise<Answer<T>> {
    return withToken(path, (token) => send<T>(method, path, { ...options, token }))
  }

  function file(path: string, options: Options): Promise<Blob> {
    return withToken(path, (token) => download(path, { ...options, token }))
  }

  async function withToken<T>(path: string, work: (token: string | null) => Promise<T>): Promise<T> {
    const realm = realmOf(path)
    const own = tokens[realm]
    try {
      return await work(await own.access())
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.status === 401 && own.present) await own.renew()
      else if (error.detail.reason !== 'step_up' || !(await showAgain(realm))) throw error
      return work(await own.access())
    }
  }

  /** What cannot be taken back wants the second factor of the last ten minutes. Answers whether it was shown. */
  function showAgain(realm: RealmCode): Promise<boolean> {
    return new Promise((resolve) => {
      stepUp.value = { realm, resolve }
    })
  }

  async function giveCode(code: string | null): Promise<void> {
    const asked = stepUp.value
    if (!asked) return
    // a wrong code is said in the dialog, which stays
    if (code !== null) await call('POST', `/api/v1/${asked.realm}/auth/step-up`, { body: { code } })
    stepUp.value = null
    asked.resolve(code !== null)
  }

  /** Whether the caller may: `crm.customers.*`, `crm.*` and `*` cover what lies below them. */
  function can(realm: RealmCode, right: string | undefined): boolean {
    return right !== undefined && covers(me[realm]?.permissions ?? [], right)
  }

  return { me, ended, stepUp, giveCode, restore, signIn, showCode, act, signOut, call, file, can }
})

export function covers(patterns: readonly string[], right: string): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === right || (pattern.endsWith('.*') && right.startsWith(pattern.slice(0, -1))))
}

const realmOf = (path: string): RealmCode => (path.startsWith('/api/v1/manager/') ? 'manager' : 'tenants')
