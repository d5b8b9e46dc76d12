import { parseJson } from '../../http/parse-json.ts';
import { isJsonObject } from '../../store/records.ts';

export type TaskKind = 'deletion' | 'retrieval';

/** What a task is asked to do. */
export interface ComplianceRequest {
  readonly distinctIds: readonly string[];
  readonly complianceType: 'GDPR' | 'CCPA';
  readonly disclosureType: 'DATA' | 'CATEGORIES' | 'SOURCES';
}

const MAX_IDS: Readonly<Record<TaskKind, number>> = { deletion: 1999, retrieval: 2000 };

/** Reads the body of a new task, or says what is wrong with it. */
export function parseComplianceRequest(body: Buffer, kind: TaskKind): ComplianceRequest | string {
  const value = readJson(body);
  if (!isJsonObject(value)) return 'the body must be a JSON object';
  const { distinct_ids: distinctIds, compliance_type: compliance, disclosure_type: disclosure } = value;
  if (!isListOfTexts(distinctIds) || distinctIds.length === 0)
    return 'distinct_ids must be a non-empty list of strings';
  if (distinctIds.length > MAX_IDS[kind]) return `distinct_ids must hold at most ${MAX_IDS[kind]} ids`;
  const complianceType = oneOf(['GDPR', 'CCPA'] as const, compliance ?? 'GDPR');
  if (complianceType === undefined) return 'compliance_type must be GDPR or CCPA';
  const disclosureType = oneOf(['DATA', 'CATEGORIES', 'SOURCES'] as const, disclosure ?? 'DATA');
  if (disclosureType === undefined) return 'disclosure_type must be Data, Categories or Sources';
  return { distinctIds, complianceType, disclosureType };
}

function readJson(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => typeof value === 'string' && word === value.toUpperCase());
}
