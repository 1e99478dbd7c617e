import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { noteSight } from './sight'

interface Props {
  opened: boolean
  title: ReactNode
  size?: string
  onClose: () => void
  children: ReactNode
}

/** A dialog that opens in the part of the page that is seen. */
export function Dialog({ opened, title, size, onClose, children }: Props) {
  const { t } = useTranslation()
  useEffect(() => {
    if (opened) noteSight()
  }, [opened])
  return (
    <Modal
      opened={opened} onClose={onClose} title={title} size={size} closeButtonProps={{ 'aria-label': t('close') }}
      classNames={{ inner: 'dialog-inner', content: 'dialog-content' }}
    >
      {children}
    </Modal>
  )
}
