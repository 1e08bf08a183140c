import { describe, expect, it } from 'vitest';
import { MoveBuildError, MoveTestTimeout, buildFramework, buildPackage, testMove } from './build.ts';

const demo = `module demo::demo;
#[test_only] use std::unit_test::assert_eq;
public fun two(): u64 { 2 }
#[test] fun right() { assert_eq!(two(), 2) }
#[test] fun wrong() { assert_eq!(two(), 3) }`;

describe('the offline Move build', () => {
  it('compiles the framework at its two addresses', async () => {
    const [std, sui] = await buildFramework();
    expect([std?.address, sui?.address]).toEqual(['0x1', '0x2']);
    expect(std?.modules.length).toBeGreaterThan(10);
    expect(sui?.modules.length).toBeGreaterThan(15);
  });

  it('compiles a package that names std and sui as its dependencies', async () => {
    const built = await buildPackage({ 'demo.move': demo }, 'demo');
    expect(built.modules).toHaveLength(1);
    expect(built.dependencies.map(BigInt)).toEqual([1n, 2n]);
    expect(built.digest).toHaveLength(32);
  });

  it('says what the compiler found', async () => {
    const broken = buildPackage({ 'demo.move': 'module demo::demo; fun f(): u64 { true }' }, 'demo');
    await expect(broken).rejects.toThrow(MoveBuildError);
    await expect(broken).rejects.toThrow(/u64/u);
  });

  it('tells passed tests from failed ones', async () => {
    const run = await testMove({ files: { 'demo.move': demo }, name: 'demo' });
    expect(run.passed).toBe(false);
    expect(run.tests).toEqual([
      { name: 'demo::right', passed: true },
      { name: 'demo::wrong', passed: false },
    ]);
  });

  it('ends an endless test at the deadline', async () => {
    const files = { 'demo.move': 'module demo::demo; #[test] fun f() { loop {} }' };
    await expect(testMove({ files, name: 'demo', deadlineMs: 1500 })).rejects.toThrow(MoveTestTimeout);
  });
});
