import type { EnclaveIdentity } from '../../gateway/response-check.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'retired-key-believed',
  defects: ['D52'],
  title: 'An answer may be signed by any key that was registered once',
  part: 'gateway',
  gateway: (seams) => {
    const once = new Map<bigint, EnclaveIdentity>();
    return {
      ...seams,
      checkResponse: (response, recorded, enclave) => {
        once.set(enclave.keyVersion, enclave);
        const verdicts = [...once.values()].map((identity) =>
          seams.checkResponse(response, { ...recorded, keyVersion: identity.keyVersion }, identity),
        );
        return verdicts.includes(undefined) ? undefined : verdicts[0];
      },
    };
  },
};
