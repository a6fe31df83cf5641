import { expect, test } from 'vitest'
import { added, isZero, less, partsOf, percent, share, written } from './amounts'

test('sums are exact, below zero and beyond what a float holds', () => {
  expect(added(['0.1', '0.2'])).toBe('0.3')
  expect(added(['9007199254740993', '1'])).toBe('9007199254740994')
  expect(added(['-0.5', '0.25'])).toBe('-0.25')
  expect(added(['100', '-100'])).toBe('0')
  expect(added([])).toBe('0')
  expect(less('1', '3.0001')).toBe('-2.0001')
  expect(written(partsOf('-1234.50'))).toBe('-1234.5')
  expect(less('-100', '-40')).toBe('-60')
  expect(less('9007199254740993.1', '0.1')).toBe('9007199254740993')
  expect(isZero('0.0000')).toBe(true)
})

test('what is still being typed counts, what is no amount does not', () => {
  expect(added(['12.', '.5', '', '-', 'x'])).toBe('12.5')
})

test('a change is said in percent, and of nothing there is none', () => {
  expect(percent('100', '150')).toBe('50.0')
  expect(percent('3', '2')).toBe('-33.3')
  expect(percent('-100', '-50')).toBe('50.0')
  expect(percent('200', '100')).toBe('-50.0')
  expect(percent('0', '5')).toBeNull()
})

test('a share is drawn between nothing and all', () => {
  expect(share('25', '100')).toBe(0.25)
  expect(share('-25', '100')).toBe(0)
  expect(share('1', '0')).toBe(0)
})
