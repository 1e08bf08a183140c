import type { GrpcTypes, SuiGrpcClient } from '@mysten/sui/grpc';
import type { Chain } from '../../chain/chain.ts';
import type { ChainObject, PackageData } from '../../chain/object.ts';
import type { ModuleInfo } from '../../vm/index.ts';
import { page } from '../pages.ts';
import { defined } from '../render/defined.ts';
import { renderDatatype, renderFunction, renderPackage } from '../render/package.ts';
import { requireAddress } from '../resolve/draft.ts';
import type { ServiceHandlers } from '../service.ts';
import { invalidArgument, RpcFailure } from '../status.ts';

/** `sui.rpc.v2.MovePackageService`. */
export function packageService(chain: Chain): ServiceHandlers<SuiGrpcClient['movePackageService']> {
  return {
    getPackage({ packageId }) {
      const { object, data } = findPackage(chain, packageId);
      return { package: renderPackage(object.version, data) };
    },
    getFunction({ packageId, moduleName, name }) {
      const found = findModule(chain, packageId, moduleName).functions.find((fn) => fn.name === name);
      if (found === undefined)
        throw new RpcFailure('NOT_FOUND', `Function ${packageId}::${moduleName}::${name} not found`);
      return { function: renderFunction(found) };
    },
    getDatatype({ packageId, moduleName, name }) {
      const found = findModule(chain, packageId, moduleName).datatypes.find((type) => type.name === name);
      if (found === undefined)
        throw new RpcFailure('NOT_FOUND', `Datatype ${packageId}::${moduleName}::${name} not found`);
      return { datatype: renderDatatype(found) };
    },
    listPackageVersions(request) {
      const { data } = findPackage(chain, request.packageId);
      const versions = chain
        .packageVersions(data.info.originalId)
        .map(({ id, version }): GrpcTypes.PackageVersion => ({ packageId: id, version }));
      const { items, nextPageToken } = page(versions, sortKey, request);
      return defined<GrpcTypes.ListPackageVersionsResponse>({ versions: items, nextPageToken });
    },
  };
}

function sortKey({ version }: GrpcTypes.PackageVersion): string {
  return String(version).padStart(20, '0');
}

function findPackage(chain: Chain, text: string | undefined): { object: ChainObject; data: PackageData } {
  const id = requireAddress(text, 'package_id');
  const object = chain.object(id);
  if (object === undefined) throw new RpcFailure('NOT_FOUND', `Package ${id} not found`);
  if (object.data.kind !== 'package') throw invalidArgument(`object ${id} is not a package`);
  return { object, data: object.data };
}

function findModule(chain: Chain, packageId: string | undefined, name: string | undefined): ModuleInfo {
  const { data } = findPackage(chain, packageId);
  if (name === undefined) throw invalidArgument('missing module_name');
  const found = data.info.modules.get(name);
  if (found === undefined) throw new RpcFailure('NOT_FOUND', `Module ${packageId}::${name} not found`);
  return found;
}
