#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Extract one model: extract.sh <directory of the compiled models> <module path> <stem>; writes <stem>_model.ml there.
set -eu
cd "$1"
more=
if [ "$3" = shared_stream_region ]; then
    more="Gale.$2.act Gale.$2.reaches"
fi
cat > "extract_$3.v" <<END
From Coq Require Extraction.
From Coq Require Import ExtrOcamlBasic ExtrOcamlNatInt Arith NArith.
From Gale Require $2.
Extract Constant Nat.modulo => "(fun a b -> if b = 0 then a else a mod b)".
Extract Constant Nat.div => "(fun a b -> if b = 0 then 0 else a / b)".
Extract Inlined Constant Nat.max => "Stdlib.max".
Extract Inlined Constant Nat.min => "Stdlib.min".
Extract Constant Nat.sub => "(fun n m -> Stdlib.max 0 (n - m))".
Extract Inlined Constant Nat.add => "(+)".
Extract Inlined Constant Nat.mul => "( * )".
Extract Inlined Constant Nat.ltb => "(<)".
Extract Inlined Constant Nat.leb => "(<=)".
Extraction "$3_model.ml" Gale.$2.step Gale.$2.init $more.
END
nice coqc -q -R . Gale "extract_$3.v" > /dev/null
