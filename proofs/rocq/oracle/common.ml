(* SPDX-License-Identifier: Apache-2.0 *)
(* What the modules of the oracle share: the answer of a call into C, and the comparison with the model's. *)

external c_in : int -> int -> unit = "oracle_in"
external c_answers : unit -> int = "oracle_answers"
external c_answer : int -> int = "oracle_answer"
external c_failed : unit -> bool = "oracle_failed"

let said () = List.init (c_answers ()) c_answer
let roll n = Random.int n
let eagain = -11 and ebusy = -16 and einval = -22 and epipe = -32 and eperm = -1 and enoent = -2
let enomem = -12 and eexist = -17
let eoverflow = -139 and etimedout = -116 and ealready = -120 and ecanceled = -140 and blocked = 1000

let wanted = ref 1_000_000
let operations = ref 0
let mismatches = ref 0
let shown = ref 0

(* One operation: what the model says, against what C said. *)
let agree name op (status, rest) (status', rest') =
  incr operations;
  let broken = c_failed () in
  if status <> status' || rest <> rest' || broken then begin
    incr mismatches;
    if !shown < 3 then begin
      incr shown;
      let text l = String.concat " " (List.map string_of_int l) in
      Printf.printf "  %s, operation %d (%s): model %d [%s], C %d [%s]%s\n" name !operations op status (text rest) status'
        (text rest') (if broken then ", C's own check failed" else "")
    end;
    raise Exit (* The two have parted: begin anew. *)
  end

let rounds f = while !operations < !wanted && !mismatches < 1000 do try f () with Exit -> () done
