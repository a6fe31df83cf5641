/**
 * The tokens of one realm in this tab.
 *
 * The access token is in memory only. The refresh token is in `sessionStorage`: it survives a reload and is gone with the tab, and no other
 * origin reads it. A script that was smuggled into the page could read it (it could as well call the API itself); the CSP without
 * `unsafe-inline` and `unsafe-eval` is what keeps such a script out. A cookie no script can read would be better; the API has none.
 *
 * A refresh token is used once, and a parent used later than 10 s afterwards ends the whole session. So tabs must not go separate ways with
 * one token: they tell each other of every new pair over a BroadcastChannel, refresh one after the other under a Web Lock, and a tab that
 * begins (a new one, a reloaded one, a copied one) first asks the others what they have. Thereby a link opened in a new tab is signed in,
 * and with the last tab the session is gone from the browser.
 */
import type { RealmCode } from '@meta/types'
import { Problem, send } from './http'

export interface Pair {
  access: string
  /** None for somebody of the provider's staff who acts as a company's user: such a session is not prolonged. */
  refresh: string | null
  /** When the access token ends, in milliseconds of this machine's clock. */
  until: number
}

interface TokenAnswer {
  access_token?: string | null
  refresh_token?: string | null
  expires_in?: number | null
}

type Word = { is: 'ask' } | { is: 'have'; pair: Pair } | { is: 'new'; pair: Pair } | { is: 'ended' }

/** So long before its end a token is exchanged: a call under way shall not meet the end. */
const EARLY = 30_000
/** How long a tab waits for another one to say what it has: where it knows that there is one, and where it cannot know. */
const PATIENCE = { known: 3000, unknown: 300 }

export class Tokens {
  private pair: Pair | null = null
  private renewing: Promise<void> | null = null
  private readonly channel: BroadcastChannel
  private readonly key: string
  private heard: ((pair: Pair) => void) | null = null
  /** Lets go of the lock by which other tabs know that this one has a session. */
  private letGo: (() => void) | null = null

  constructor(
    private readonly realm: RealmCode,
    private readonly onEnd: () => void,
  ) {
    this.key = `cxg.${realm}`
    this.channel = new BroadcastChannel(this.key)
    this.channel.onmessage = (event: MessageEvent<Word>) => this.hear(event.data)
  }

  get present(): boolean {
    return this.pair !== null
  }

  /** What another tab has, or this one had before it was reloaded. */
  async restore(): Promise<boolean> {
    if (this.pair) return true
    const stored = sessionStorage.getItem(this.key)
    const pair = (await this.askOthers()) ?? (stored ? (JSON.parse(stored) as Pair) : null)
    if (pair) this.keep(pair)
    return pair !== null
  }

  take(answer: TokenAnswer): void {
    if (!answer.access_token) return
    const until = Date.now() + (answer.expires_in ?? 0) * 1000
    this.keep({ access: answer.access_token, refresh: answer.refresh_token ?? null, until })
    if (this.pair?.refresh) this.say({ is: 'new', pair: this.pair })
  }

  /** A token that is good for now; null for nobody. */
  async access(): Promise<string | null> {
    if (this.pair && this.pair.until - Date.now() < EARLY) await this.renew()
    return this.pair?.access ?? null
  }

  /** Exchanges the pair, once for all who wait. */
  renew(): Promise<void> {
    this.renewing ??= this.exchange().finally(() => (this.renewing = null))
    return this.renewing
  }

  /** Signed out here: everywhere in this browser. */
  forget(): void {
    this.drop()
    this.say({ is: 'ended' })
  }

  private async exchange(): Promise<void> {
    const before = this.pair?.access
    await oneAfterTheOther(this.key, async () => {
      // while this tab waited, another one may have brought a new pair
      if (!this.pair || this.pair.access !== before) return
      if (!this.pair.refresh) return this.end()
      try {
        const answer = await send<TokenAnswer>('POST', `/api/v1/${this.realm}/auth/refresh`, { body: { refresh_token: this.pair.refresh } })
        this.take(answer.data)
      } catch (error) {
        // not being reached is no reason to sign anybody out
        if (!(error instanceof Problem) || ![401, 403, 422].includes(error.status)) throw error
        this.end()
      }
    })
  }

  private end(): void {
    this.drop()
    this.onEnd()
  }

  private drop(): void {
    this.pair = null
    this.letGo?.()
    this.letGo = null
    sessionStorage.removeItem(this.key)
  }

  private keep(pair: Pair): void {
    this.pair = pair
    // the access token is not stored where a refresh token gets another one
    sessionStorage.setItem(this.key, JSON.stringify(pair.refresh ? { access: '', refresh: pair.refresh, until: 0 } : pair))
    if (!hasLocks || this.letGo || !pair.refresh) return
    const held = new Promise<void>((resolve) => {
      this.letGo = resolve
    })
    void navigator.locks.request(`${this.key}.here`, { mode: 'shared' }, () => held)
  }

  private hear(word: Word): void {
    if (word.is === 'ask') {
      if (this.pair?.refresh) this.say({ is: 'have', pair: this.pair })
    } else if (word.is === 'ended') {
      if (this.pair?.refresh) this.end()
    } else if (word.is === 'have') {
      this.heard?.(word.pair)
    } else if (this.pair?.refresh) {
      this.keep(word.pair)
    }
  }

  private say(word: Word): void {
    this.channel.postMessage(word)
  }

  private async askOthers(): Promise<Pair | null> {
    const others = hasLocks ? ((await navigator.locks.query()).held ?? []).some((lock) => lock.name === `${this.key}.here`) : null
    if (others === false) return null
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), others ? PATIENCE.known : PATIENCE.unknown)
      this.heard = (pair) => {
        clearTimeout(timer)
        this.heard = null
        resolve(pair)
      }
      this.say({ is: 'ask' })
    })
  }
}

/** Web Locks exist on https and localhost only; elsewhere the ten seconds in which a parent may be used again must do. */
const hasLocks = 'locks' in navigator

async function oneAfterTheOther(name: string, work: () => Promise<void>): Promise<void> {
  if (hasLocks) await navigator.locks.request(name, work)
  else await work()
}
