/** All rules of diagnosis. Their order says nothing: each looks by itself, and the odds are multiplied. */
import { ANSWER_RULES } from './rule/answer-rule.ts'
import { CONNECT_RULES } from './rule/connect-rule.ts'
import { LOST_RULES } from './rule/lost-rule.ts'
import { MACHINE_RULES } from './rule/machine-rule.ts'
import { PHP_RULES } from './rule/php-rule.ts'
import { TIMING_RULES } from './rule/timing-rule.ts'
import type { Rule } from './rule.ts'

export const DIAGNOSIS_RULES: readonly Rule[] = [
  ...CONNECT_RULES,
  ...ANSWER_RULES,
  ...PHP_RULES,
  ...TIMING_RULES,
  ...MACHINE_RULES,
  ...LOST_RULES,
]
