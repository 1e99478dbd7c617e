import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import de from './de.json'
import en from './en.json'
import zhCN from './zh-CN.json'
import zhTW from './zh-TW.json'

const resources = { en: { translation: en }, de: { translation: de }, 'zh-TW': { translation: zhTW }, 'zh-CN': { translation: zhCN } }

/** The first of the browser's languages that there is; Chinese by its script. */
export function pickLanguage(wanted: readonly string[]): string {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return /(TW|HK|MO|Hant)/i.test(tag) ? 'zh-TW' : 'zh-CN'
    const base = tag.split('-')[0]!.toLowerCase()
    if (base in resources) return base
  }
  return 'en'
}

const language = pickLanguage(navigator.languages)
document.documentElement.lang = language
void i18next.use(initReactI18next).init({ resources, lng: language, fallbackLng: 'en', interpolation: { escapeValue: false } })
