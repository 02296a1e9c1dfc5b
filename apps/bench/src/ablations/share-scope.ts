import type { EditMethod, PromptDistribution, Scope, ScopeDetector } from '@sakejs/spec';

/** Makes a method with its own scope, or with the one given. */
export type MethodWithScope = (scope?: ScopeDetector) => EditMethod;

/**
 * Lets methods that differ in their map alone share one scope: whichever first learns from a distribution fits it.
 *
 * A scope must depend on nothing but the distribution and the model. Only the last one is remembered, as runs take one case
 * after another.
 */
export function shareScope(): (make: MethodWithScope) => EditMethod {
  let last: { readonly prompts: PromptDistribution; readonly scope: Scope } | undefined;
  return (make) => {
    const own = make();
    return {
      name: own.name,
      learn: async (request, context) => {
        const { prompts } = context;
        const method = last?.prompts === prompts ? make(fittedAs(last.scope)) : own;
        const edit = await method.learn(request, context);
        if ('scope' in edit) last = { prompts, scope: edit.scope };
        return edit;
      },
    };
  };
}

/** A detector that is fitted already. */
function fittedAs(scope: Scope): ScopeDetector {
  return { kind: scope.kind, needs: scope.needs, fit: () => scope };
}
