/** Books with something in them: entries, customers and what they owe, of the company under test. */
import { api, fresh, token } from './world'

interface Named {
  id: string
  name: string
}

const text = (date: Date): string => date.toISOString().slice(0, 10)

/** A month of the year the company was born in: the last one; in January, which has none before it, this one. */
export function month(): { label: string; english: string; from: string; to: string } {
  const now = new Date()
  const isFirst = now.getMonth() === 0
  const at = now.getMonth() - (isFirst ? 0 : 1)
  return {
    ...(isFirst ? { label: '이번 달', english: 'This month' } : { label: '지난달', english: 'Last month' }),
    from: text(new Date(Date.UTC(now.getFullYear(), at, 1))),
    to: text(new Date(Date.UTC(now.getFullYear(), at + 1, 0))),
  }
}

export async function account(code: string): Promise<string> {
  const found = await api<{ items: { id: string }[] }>('GET', `/tenants/fim/accounts?account_code=${code}`, await token())
  const id = found.data.items[0]?.id
  if (!id) throw new Error(`no account ${code}`)
  return id
}

/** Debits one account and credits another. */
export async function posted(debit: string, credit: string, amount: string, day = month().from): Promise<{ id: string; je_code: string }> {
  const lines = [{ account_id: await account(debit), debit_amount: amount }, { account_id: await account(credit), credit_amount: amount }]
  const made = await api<{ id: string }>('POST', '/tenants/fim/transactions', await token(), { je_date: day, description: '테스트 전표', lines })
  return (await api<{ id: string; je_code: string }>('POST', `/tenants/fim/transactions/${made.data.id}/post`, await token(), {})).data
}

let number = Date.now() % 1_000_000

export async function customer(name = fresh('대한상사')): Promise<Named> {
  return (await api<Named>('POST', '/tenants/crm/customers', await token(), { name, code: `K${++number}` })).data
}

/** What a customer owes since the company began here. */
export async function owing(partner: string, amount: string, more: Record<string, unknown> = {}): Promise<void> {
  const body = { kind: 'RECEIVABLE', partner_id: partner, amount, doc_date: month().from, due_date: month().from, doc_no: `OP-${++number}`, ...more }
  await api('POST', '/tenants/fim/open-items', await token(), body)
}

/** A business number that is right by its last digit, and nobody else's. */
export function bizNo(): string {
  const digits = `${(Date.now() % 100_000) + 200_000}${String(++number % 1000).padStart(3, '0')}`
  const weights = [1, 3, 7, 1, 3, 7, 1, 3, 5]
  const sum = weights.reduce((all, weight, at) => all + weight * Number(digits[at]), Math.floor((Number(digits[8]) * 5) / 10))
  return `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}${(10 - (sum % 10)) % 10}`
}
