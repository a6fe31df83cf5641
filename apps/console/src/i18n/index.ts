import { watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { en } from './en'
import { ko } from './ko'
import { language } from './language'

export const i18n = createI18n({ legacy: false, locale: language.value, fallbackLocale: 'ko', messages: { ko, en } })

watch(language, (chosen) => {
  i18n.global.locale.value = chosen
})
