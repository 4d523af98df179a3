(* SPDX-License-Identifier: Apache-2.0 *)
(* The machine gcc_x86_32 with the unsigned char of the Arm ABI; the widths are those of a Cortex-M. *)
let () =
  File.new_machdep "cortex_m" { Machdeps.gcc_x86_32 with Cil_types.char_is_unsigned = true; version = "cortex_m" }
