import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { FileProblem, PreviewTold } from '#contract/bot-preview.ts';
import { botPreviewQuery } from '../api.ts';

/** Typing pauses for so long before the engine is asked. */
const PAUSE_MS = 250;

export interface Preview {
  /** Of the newest draft that was answered. */
  readonly problems: readonly FileProblem[];
  /** Of the newest draft without problems. */
  readonly told: PreviewTold | null;
  /** Whether `problems` is about the draft as it stands. */
  readonly isChecked: boolean;
  /** Whether `told` is about the draft as it stands. */
  readonly isCurrent: boolean;
  readonly isUnderway: boolean;
  /** What kept the engine from answering. */
  readonly failure: Error | null;
  /** Asks again: candles have closed since. */
  readonly again: () => void;
}

/** What the engine says of a draft. An answer belongs to the draft that it was asked for, whenever it comes. */
export function usePreview(botId: string, file: string, symbol: string | undefined): Preview {
  const wanted = { botId, file, ...(symbol !== undefined && { symbol }) };
  const [asked, setAsked] = useState(wanted);
  const isAsked = asked.botId === botId && asked.file === file && asked.symbol === symbol;
  useEffect(() => {
    const timer = setTimeout(() => setAsked({ botId, file, ...(symbol !== undefined && { symbol }) }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [botId, file, symbol]);
  const query = useQuery({ ...botPreviewQuery(asked), placeholderData: keepPreviousData });
  const [told, setTold] = useState<PreviewTold | null>(null);
  const answered = query.data?.told ?? null;
  useEffect(() => {
    if (answered) setTold(answered);
  }, [answered]);
  const isChecked = isAsked && query.data !== undefined && !query.isPlaceholderData && !query.isError;
  return {
    problems: query.data?.problems ?? [],
    told: answered ?? told,
    isChecked,
    isCurrent: isChecked && answered !== null,
    isUnderway: query.isFetching || !isAsked,
    failure: query.isError ? query.error : null,
    again: () => void query.refetch(),
  };
}
