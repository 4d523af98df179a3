(* SPDX-License-Identifier: Apache-2.0 *)
(* The byte ring.

   Model             C (include/gale/kernel/ring_buf.h, src/kernel/ring_buf.c)
   OPut, OGet        gale_ring_buf_put, gale_ring_buf_get      (byte by byte here, in one or two copies there)
   OPeek             gale_ring_buf_peek
   OPutClaim         gale_ring_buf_put_claim;   OFill: the caller writes byte i of that run;   OPutFinish   gale_ring_buf_put_finish
   OGetClaim         gale_ring_buf_get_claim;   OGetFinish   gale_ring_buf_get_finish
   OReset            gale_ring_buf_reset;   OSize, OSpace   gale_ring_buf_size, _space *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace bytes.
Import ListNotations.

Record ring := Ring { cap : nat; buf : nat -> nat; head : nat; tail : nat; size : nat }.
Inductive status := Ok (n : nat) | EAGAIN | EINVAL.
Record out := Out { st : status; seen : list nat }.
Inductive op := OPut (b : list nat) | OGet (n : nat) | OPeek (n : nat) | OPutClaim (n : nat) | OFill (i b : nat) | OPutFinish (n : nat)
              | OGetClaim (n : nat) | OGetFinish (n : nat) | OReset | OSize | OSpace.

Definition upd (f : nat -> nat) (k v : nat) : nat -> nat := fun x => if x =? k then v else f x.
Definition advance (s : ring) (o n : nat) : nat := if n <? cap s - o then o + n else n - (cap s - o).
Definition contents (s : ring) : list nat := map (fun i => buf s ((head s + i) mod cap s)) (seq 0 (size s)).
Definition append (s : ring) (n : nat) : ring := Ring (cap s) (buf s) (head s) (advance s (tail s) n) (size s + n).
Definition drop (s : ring) (n : nat) : ring := Ring (cap s) (buf s) (advance s (head s) n) (tail s) (size s - n).
Definition write (s : ring) (i b : nat) : ring := Ring (cap s) (upd (buf s) i b) (head s) (tail s) (size s).
Fixpoint put_all (s : ring) (l : list nat) : ring :=
  match l with [] => s | b :: l' => put_all (append (write s (tail s) b) 1) l' end.
Definition put_run (s : ring) : nat := Nat.min (cap s - size s) (cap s - tail s).
Definition get_run (s : ring) : nat := Nat.min (size s) (cap s - head s).
Definition answer (len possible : nat) : status := if (0 <? len) && (possible =? 0) then EAGAIN else Ok (Nat.min len possible).

Definition step (s : ring) (o : op) : ring * out :=
  match o with
  | OPut l => let n := Nat.min (length l) (cap s - size s) in
              (put_all s (firstn n l), Out (answer (length l) (cap s - size s)) [])
  | OGet len => let n := Nat.min len (size s) in (drop s n, Out (answer len (size s)) (firstn n (contents s)))
  | OPeek len => (s, Out (answer len (size s)) (firstn (Nat.min len (size s)) (contents s)))
  | OPutClaim len => (s, Out (answer len (put_run s)) [])
  | OFill i b => if i <? put_run s then (write s (tail s + i) b, Out (Ok 0) []) else (s, Out EINVAL [])
  | OPutFinish n => if put_run s <? n then (s, Out EINVAL []) else (append s n, Out (Ok 0) [])
  | OGetClaim len => (s, Out (answer len (get_run s)) (map (fun i => buf s (head s + i)) (seq 0 (Nat.min len (get_run s)))))
  | OGetFinish n => if get_run s <? n then (s, Out EINVAL []) else (drop s n, Out (Ok 0) [])
  | OReset => (Ring (cap s) (buf s) 0 0 0, Out (Ok 0) [])
  | OSize => (s, Out (Ok (size s)) [])
  | OSpace => (s, Out (Ok (cap s - size s)) [])
  end.

Definition init (c : nat) : ring := Ring c (fun _ => 0) 0 0 0.

Definition ok (s : ring) : Prop := head s < cap s /\ tail s < cap s /\ size s <= cap s /\ tail s = (head s + size s) mod cap s.

Lemma advance_mod s o n : o < cap s -> n <= cap s -> advance s o n = (o + n) mod cap s /\ advance s o n < cap s.
Proof.
  intros A B. unfold advance. destruct (n <? cap s - o) eqn:E; [apply Nat.ltb_lt in E | apply Nat.ltb_ge in E].
  - rewrite Nat.mod_small; lia.
  - replace (o + n) with ((n - (cap s - o)) + 1 * cap s) by lia. rewrite Nat.mod_add by lia. rewrite Nat.mod_small; lia.
Qed.

Lemma append_ok s n : ok s -> size s + n <= cap s -> ok (append s n).
Proof.
  intros (A & B & C & D) L. destruct (advance_mod s (tail s) n B ltac:(lia)) as [E F].
  unfold ok, append; simpl. repeat split; auto. rewrite E, D, Nat.add_mod_idemp_l by lia. f_equal. lia.
Qed.

Lemma drop_ok s n : ok s -> n <= size s -> ok (drop s n).
Proof.
  intros (A & B & C & D) L. destruct (advance_mod s (head s) n A ltac:(lia)) as [E F].
  unfold ok, drop; simpl. repeat split; auto; try lia. rewrite E, D, Nat.add_mod_idemp_l by lia. f_equal. lia.
Qed.

Lemma drop_contents s n : ok s -> n <= size s -> contents s = firstn n (contents s) ++ contents (drop s n).
Proof.
  intros (A & B & C & D) L. destruct (advance_mod s (head s) n A ltac:(lia)) as [E F].
  assert (X : contents (drop s n) = skipn n (contents s)).
  { unfold contents, drop; simpl. rewrite E. replace (size s) with (n + (size s - n)) at 2 by lia.
    rewrite seq_app, map_app. rewrite skipn_app, map_length, seq_length, Nat.sub_diag.
    rewrite skipn_all2 by (rewrite map_length, seq_length; lia). simpl.
    replace (seq n (size s - n)) with (map (Nat.add n) (seq 0 (size s - n))).
    - rewrite map_map. apply map_ext. intro i. rewrite Nat.add_mod_idemp_l by lia. f_equal. f_equal. lia.
    - clear. generalize (size s - n) as m. intro m. replace n with (0 + n) at 2 by lia. generalize 0 as z. induction m; intro z; simpl; auto.
      f_equal; [lia|]. apply (IHm (S z)). }
  rewrite X. symmetry. apply firstn_skipn.
Qed.

(* A byte written into the free part is in no byte of the content, and becomes the last one. *)
Lemma write_free s i b : ok s -> i < put_run s -> ok (write s (tail s + i) b) /\ contents (write s (tail s + i) b) = contents s.
Proof.
  intros (A & B & C & D) L. split; [repeat split; auto|]. unfold contents, write; simpl. apply map_ext_in.
  intros j J. apply in_seq in J. unfold upd. destruct ((head s + j) mod cap s =? tail s + i) eqn:E; auto. exfalso.
  apply Nat.eqb_eq in E. unfold put_run in L.
  apply (mod_apart (cap s) (head s + j) (head s + size s + i)); [lia | lia |].
  rewrite E, <- (Nat.add_mod_idemp_l (head s + size s) i (cap s)), <- D by lia. symmetry. apply Nat.mod_small. lia.
Qed.

Lemma append_contents s n : ok s -> n <= put_run s ->
  contents (append s n) = contents s ++ map (fun i => buf s (tail s + i)) (seq 0 n).
Proof.
  intros (A & B & C & D) L. unfold put_run in L. unfold contents, append; simpl. rewrite seq_app, map_app. f_equal. change (0 + size s) with (size s).
  replace (seq (size s) n) with (map (Nat.add (size s)) (seq 0 n)).
  - rewrite map_map. apply map_ext_in. intros i I. apply in_seq in I. f_equal.
    rewrite Nat.add_assoc, <- (Nat.add_mod_idemp_l (head s + size s) i (cap s)), <- D by lia. apply Nat.mod_small. lia.
  - clear. generalize (size s) as m. intro m. replace m with (0 + m) at 2 by lia. generalize 0 as z. induction n; intro z; simpl; auto.
    f_equal; [lia|]. apply (IHn (S z)).
Qed.

Lemma put_one s b : ok s -> size s < cap s ->
  ok (append (write s (tail s) b) 1) /\ contents (append (write s (tail s) b) 1) = contents s ++ [b].
Proof.
  intros H L. pose proof H as (A & B & C & D).
  assert (P : 0 < put_run s) by (unfold put_run; lia).
  destruct (write_free s 0 b H P) as [W1 W2]. rewrite Nat.add_0_r in *.
  split; [apply append_ok; auto; simpl; lia|].
  rewrite append_contents; [| exact W1 | unfold put_run in *; simpl; lia]. rewrite W2. simpl. rewrite Nat.add_0_r.
  unfold upd. now rewrite Nat.eqb_refl.
Qed.

Lemma put_all_spec l : forall s, ok s -> size s + length l <= cap s ->
  ok (put_all s l) /\ contents (put_all s l) = contents s ++ l /\ cap (put_all s l) = cap s /\
  size (put_all s l) = size s + length l /\ tail (put_all s l) = (tail s + length l) mod cap s.
Proof.
  induction l as [| b l IH]; intros s H L; simpl in *.
  - rewrite app_nil_r, Nat.add_0_r, Nat.add_0_r. destruct H as (A & B & C & D). repeat split; auto. symmetry. now apply Nat.mod_small.
  - destruct (put_one s b H ltac:(lia)) as [P1 P2]. destruct (IH _ P1) as (A & B & C & D & E); [simpl; lia|].
    pose proof (proj1 (advance_mod s (tail s) 1 (proj1 (proj2 H)) ltac:(lia))) as X.
    change (tail (append (write s (tail s) b) 1)) with (advance s (tail s) 1) in E.
    change (cap (append (write s (tail s) b) 1)) with (cap s) in E, C.
    change (size (append (write s (tail s) b) 1)) with (size s + 1) in D.
    rewrite X, Nat.add_mod_idemp_l in E by lia. rewrite P2, <- app_assoc in B. split; [exact A | split; [exact B |]].
    split; [exact C | split; [lia |]]. rewrite E. f_equal. lia.
Qed.

Lemma contents_length s : length (contents s) = size s.
Proof. unfold contents. now rewrite map_length, seq_length. Qed.

(* What a step adds to the content and takes from its front. *)
Definition into (s : ring) (o : op) : list nat :=
  match o with
  | OPut l => firstn (cap s - size s) l
  | OPutFinish n => if put_run s <? n then [] else map (fun i => buf s (tail s + i)) (seq 0 n)
  | _ => [] end.
Definition from (s : ring) (o : op) : list nat :=
  match o with
  | OGet n => firstn n (contents s)
  | OGetFinish n => if get_run s <? n then [] else firstn n (contents s)
  | OReset => contents s
  | _ => [] end.

Lemma step_spec s o : ok s -> ok (fst (step s o)) /\ cap (fst (step s o)) = cap s /\
  contents s ++ into s o = from s o ++ contents (fst (step s o)).
Proof.
  intro H. pose proof H as (A & B & C & D). destruct o as [l | n | n | n | i b | n | n | n | | |]; cbn [step into from fst];
    try (rewrite app_nil_r; auto; fail).
  - destruct (put_all_spec (firstn (Nat.min (length l) (cap s - size s)) l) s H) as (P1 & P2 & P3 & _).
    { rewrite firstn_length. lia. }
    rewrite P2. split; [exact P1 | split; [exact P3 |]]. cbn [app]. f_equal. destruct (Nat.le_ge_cases (length l) (cap s - size s)).
    + rewrite Nat.min_l by lia. now rewrite !firstn_all2 by lia.
    + now rewrite Nat.min_r by lia.
  - split; [apply drop_ok; auto; lia | split; [reflexivity|]]. rewrite app_nil_r.
    rewrite (drop_contents s (Nat.min n (size s)) H) at 1 by lia. f_equal.
    destruct (Nat.le_ge_cases n (size s)); [now rewrite Nat.min_l by lia |].
    rewrite Nat.min_r by lia. now rewrite !firstn_all2 by (rewrite ?contents_length; lia).
  - destruct (i <? put_run s) eqn:E; [| rewrite app_nil_r; auto]. apply Nat.ltb_lt in E.
    destruct (write_free s i b H E) as [W1 W2]. cbn [fst]. rewrite W2, app_nil_r. auto.
  - destruct (put_run s <? n) eqn:E; cbn [fst]; [rewrite app_nil_r; auto|]. apply Nat.ltb_ge in E.
    rewrite append_contents by auto. split; [apply append_ok; auto; unfold put_run in E; lia | auto].
  - destruct (get_run s <? n) eqn:E; cbn [fst]; [rewrite app_nil_r; auto|]. apply Nat.ltb_ge in E. unfold get_run in E.
    rewrite app_nil_r. split; [apply drop_ok; auto; lia | split; [reflexivity|]]. apply drop_contents; auto. lia.
  - repeat split; simpl; auto; try lia. symmetry. apply Nat.mod_0_l. lia.
Qed.

Theorem rb01_rb02_invariant c t : 0 < c -> ok (final step (init c) t) /\ cap (final step (init c) t) = c.
Proof.
  intro P. apply (run_keeps step (fun s => ok s /\ cap s = c) (fun _ => True)); auto.
  - intros s o [H E] _. destruct (step_spec s o H) as (A & B & _). split; congruence || auto.
  - unfold ok, init; simpl. repeat split; auto; try lia. symmetry. apply Nat.mod_0_l. lia.
Qed.

Theorem rb01_size_in_range c t : 0 < c -> size (final step (init c) t) <= c.
Proof. intro P. destruct (rb01_rb02_invariant c t P) as [(A & B & C & D) E]. lia. Qed.

Theorem rb02_head_and_tail_below_capacity c t : 0 < c -> head (final step (init c) t) < c /\ tail (final step (init c) t) < c.
Proof. intro P. destruct (rb01_rb02_invariant c t P) as [(A & B & C & D) E]. lia. Qed.

Theorem rb03_put_moves_the_tail s l : ok s -> let n := Nat.min (length l) (cap s - size s) in 0 < n ->
  st (snd (step s (OPut l))) = Ok n /\ tail (fst (step s (OPut l))) = (tail s + n) mod cap s /\
  size (fst (step s (OPut l))) = size s + n.
Proof.
  intros H n P. cbn [step fst snd]. unfold answer. fold n.
  destruct (put_all_spec (firstn n l) s H) as (_ & _ & _ & A & B).
  { rewrite firstn_length. unfold n. destruct H as (_ & _ & C & _). lia. }
  rewrite firstn_length, (Nat.min_l n) in A, B by (unfold n; lia).
  replace (cap s - size s =? 0) with false by (symmetry; apply Nat.eqb_neq; unfold n in P; lia). rewrite andb_false_r. auto.
Qed.

Theorem rb04_get_moves_the_head s len : ok s -> let n := Nat.min len (size s) in 0 < n ->
  st (snd (step s (OGet len))) = Ok n /\ head (fst (step s (OGet len))) = (head s + n) mod cap s /\
  size (fst (step s (OGet len))) = size s - n.
Proof.
  intros (A & B & C & D) n P. cbn [step fst snd]. unfold answer. fold n.
  replace (size s =? 0) with false by (symmetry; apply Nat.eqb_neq; unfold n in P; lia). rewrite andb_false_r.
  split; auto. split; auto. simpl. apply advance_mod; auto. unfold n. lia.
Qed.

Theorem rb05_put_on_full s l : size s = cap s -> l <> [] -> step s (OPut l) = (s, Out EAGAIN []).
Proof.
  intros E N. cbn [step]. rewrite E, Nat.sub_diag, Nat.min_0_r. unfold answer. destruct l; [congruence|]. reflexivity.
Qed.

Theorem rb06_get_on_empty s n : size s = 0 -> 0 < n -> tail s < cap s -> head s < cap s ->
  st (snd (step s (OGet n))) = EAGAIN /\ seen (snd (step s (OGet n))) = [] /\ fst (step s (OGet n)) = s.
Proof.
  intros E P T H. cbn [step fst snd]. rewrite E, Nat.min_0_r. unfold answer. apply Nat.ltb_lt in P. rewrite P.
  split; auto. split; auto. destruct s as [c b h t z]. unfold drop, advance; simpl in *.
  replace (0 <? c - h) with true by (symmetry; apply Nat.ltb_lt; lia). subst. rewrite Nat.add_0_r. reflexivity.
Qed.

Theorem rb07_size_is_the_wrapped_distance c t : 0 < c -> let s := final step (init c) t in
  tail s = (head s + size s) mod c /\
  (if size s =? c then tail s = head s else size s = if head s <=? tail s then tail s - head s else c - (head s - tail s)).
Proof.
  intros P s. destruct (rb01_rb02_invariant c t P) as [(A & B & C & D) E]. fold s in A, B, C, D, E. rewrite E in *.
  split; auto. destruct (Nat.lt_ge_cases (head s + size s) c) as [L | L].
  - rewrite Nat.mod_small in D by lia. destruct (size s =? c) eqn:F; [apply Nat.eqb_eq in F; lia|].
    replace (head s <=? tail s) with true by (symmetry; apply Nat.leb_le; lia). lia.
  - assert (T : tail s = head s + size s - c).
    { rewrite D. replace (head s + size s) with ((head s + size s - c) + 1 * c) at 1 by lia.
      rewrite Nat.mod_add by lia. apply Nat.mod_small. lia. }
    destruct (size s =? c) eqn:F; [apply Nat.eqb_eq in F; lia|]. apply Nat.eqb_neq in F.
    replace (head s <=? tail s) with false by (symmetry; apply Nat.leb_gt; lia). lia.
Qed.

(* RB08: C's way to move an offset leaves 0..capacity at no step and is the sum modulo the capacity. *)
Theorem rb08_no_overflow s o n : o < cap s -> n <= cap s ->
  (n < cap s - o -> o + n < cap s) /\ (cap s - o <= n -> n - (cap s - o) < cap s) /\ advance s o n = (o + n) mod cap s.
Proof. intros A B. destruct (advance_mod s o n A B). lia. Qed.

(* RB12: FIFO over any trace: what is there and what goes in is what comes out and what stays, in order. *)
Fixpoint all_into (s : ring) (t : list op) : list nat :=
  match t with [] => [] | o :: t' => into s o ++ all_into (fst (step s o)) t' end.
Fixpoint all_from (s : ring) (t : list op) : list nat :=
  match t with [] => [] | o :: t' => from s o ++ all_from (fst (step s o)) t' end.

Theorem rb12_fifo s t : ok s -> contents s ++ all_into s t = all_from s t ++ contents (final step s t).
Proof.
  revert s. induction t as [| o t IH]; intros s H; [simpl; rewrite app_nil_r; auto|].
  destruct (step_spec s o H) as (A & _ & C). cbn [all_into all_from]. rewrite final_cons, app_assoc, C, <- !app_assoc. f_equal. auto.
Qed.

Theorem rb12_get_answers_what_leaves s n : seen (snd (step s (OGet n))) = from s (OGet n).
Proof.
  cbn [step snd seen from]. destruct (Nat.le_ge_cases n (size s)); [now rewrite Nat.min_l by lia|].
  rewrite Nat.min_r by lia. now rewrite !firstn_all2 by (rewrite ?contents_length; lia).
Qed.
